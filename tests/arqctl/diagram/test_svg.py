import re
from xml.etree import ElementTree as ET

import pytest

from arqctl.diagram.canvas import width_of
from arqctl.diagram.overview import overview
from arqctl.diagram.svg import render_svg
from tests.arqctl.diagram.stacks import Blocks, stack
from tests.arqctl.projects import xml

SVG = "{http://www.w3.org/2000/svg}"
SHOP: Blocks = {
    "network/Default aws_vpc.network": {},
    "api/Default aws_instance.api": {"vpc": "${aws_vpc.network.id}"},
    "api/group aws_security_group.api": {},
    "api/role/Default aws_iam_role.api": {"x": "${aws_db_instance.database.arn}"},
    "api/rule aws_vpc_security_group_egress_rule.out": {
        "security_group_id": "${aws_security_group.api.id}",
        "referenced_security_group_id": "${aws_security_group.database.id}",
        "ip_protocol": "tcp",
        "from_port": 5432,
        "to_port": 5432,
        "description": "the ledger",
    },
    "database/Default aws_db_instance.database": {},
    "database/group aws_security_group.database": {},
}


def drawn(blocks: Blocks = SHOP) -> ET.Element:
    return xml(render_svg("dev", [overview(stack(blocks))]))


def texts(root: ET.Element) -> list[str]:
    return [each.text or "" for each in root.iter(f"{SVG}text")]


def test_the_page_stands_alone() -> None:
    text = render_svg("dev", [overview(stack(SHOP))])
    assert re.findall(r"https?://[^\"\s]+", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<script|<image|<foreignObject|href|@import|@font-face|url\(|\son\w+=", text)
    assert text.endswith("</svg>\n")


def test_the_page_tells_all_of_itself_to_who_hears_it() -> None:
    root = drawn()
    assert root.attrib["role"] == "img"
    ids = {each.attrib["id"]: each.text or "" for each in root if "id" in each.attrib}
    assert set(root.attrib["aria-labelledby"].split()) == set(ids)
    assert ids["title"] == "dev, drawn by construct"
    assert "api: 4 resources, of these role 1." in ids["description"]
    says = "api sends traffic to and has a permission on database (tcp 5432; the ledger)"
    assert f"{says}." in ids["description"]
    titles = [each.text for each in root.iter(f"{SVG}title")]
    assert says in titles
    assert "api refers to network" in titles


def test_boxes_wires_and_ports_are_drawn_with_a_legend() -> None:
    root = drawn()
    assert len(list(root.iter(f"{SVG}rect"))) == 1 + 3  # the page and its boxes
    said = texts(root)
    assert {"dev: 7 resources", "api", "4 resources", "role", "tcp 5432", "sends traffic to"} <= set(said)
    kinds = [each.attrib["class"] for each in root.iter(f"{SVG}path")]
    assert kinds == ["use", "use-head", "traffic", "traffic-head", "traffic", "permission", "use"]


def test_light_and_dark_give_every_colour() -> None:
    """Each style that has a colour by day has another by night."""
    style = drawn().find(f"{SVG}style")
    assert style is not None
    light, dark = (style.text or "").split("@media (prefers-color-scheme: dark)")
    rule = re.compile(r"^([\w.-]+) \{[^}]*#\w{6}", re.MULTILINE)
    assert set(rule.findall(light)) == set(rule.findall(dark)) != set()


@pytest.mark.parametrize("name", ["a" * 200, "m" * 60, "日本" * 40, '<b>&"\x00\x1b', "x"])
def test_text_stays_inside_its_box_whatever_it_says(name: str) -> None:
    root = drawn({f"{name}/{name}/Default aws_vpc.v": {}, f"{name}/{name}/b aws_subnet.s": {}})
    [_, box] = root.iter(f"{SVG}rect")
    [group] = [each for each in root.iter(f"{SVG}g") if each.find(f"{SVG}rect") is not None]
    for text in group.iter(f"{SVG}text"):
        long = width_of(text.text or "", heading=text.get("class") == "heading")
        end = float(text.attrib["x"]) + (0 if text.get("text-anchor") else long)
        assert end <= float(box.attrib["width"]) - 10
        assert float(text.attrib["y"]) <= float(box.attrib["height"]) - 10


def test_ports_at_one_box_stand_apart() -> None:
    """However many wires bring traffic to a box, no label lies on another."""
    blocks: dict[str, dict[str, object]] = {"database/group aws_security_group.database": {}}
    for number in range(9):
        blocks |= {
            f"api{number}/group aws_security_group.a{number}": {},
            f"api{number}/rule aws_vpc_security_group_egress_rule.r{number}": {
                "security_group_id": f"${{aws_security_group.a{number}.id}}",
                "referenced_security_group_id": "${aws_security_group.database.id}",
                "ip_protocol": "tcp",
                "from_port": 1000 + number,
                "to_port": 1000 + number,
            },
        }
    areas = []
    for text in drawn(blocks).iter(f"{SVG}text"):
        if text.get("class") == "port":
            x, long = float(text.attrib["x"]), width_of(text.text or "")
            areas.append((float(text.attrib["y"]), x - long if text.get("text-anchor") else x, long))
    assert len(areas) == 9
    for index, (y, left, long) in enumerate(areas):
        for other, start, length in areas[:index]:
            assert abs(y - other) >= 15 or left + long <= start or start + length <= left


def test_stacks_stand_one_below_the_other() -> None:
    two = [overview(stack(SHOP, name)) for name in ("dev", "dev-platform")]
    headings = [each for each in xml(render_svg("dev", two)).iter(f"{SVG}text") if "dev" in (each.text or "")]
    assert [each.text for each in headings] == ["dev: 7 resources", "dev-platform: 7 resources"]
    assert float(headings[0].attrib["y"]) < float(headings[1].attrib["y"])
