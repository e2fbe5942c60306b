import re
from xml.etree import ElementTree as ET

import pytest

from arqctl.diagram.overview import summarize_stack
from arqctl.diagram.overview_svg import render_svg
from arqctl.diagram.svg_canvas import width_of
from tests.arqctl.diagram.sample_stacks import Blocks, stack
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


def render(blocks: Blocks = SHOP) -> ET.Element:
    return xml(render_svg("dev", [summarize_stack(stack(blocks))]))


def texts(root: ET.Element) -> list[str]:
    return [each.text or "" for each in root.iter(f"{SVG}text")]


def test_the_page_is_self_contained() -> None:
    text = render_svg("dev", [summarize_stack(stack(SHOP))])
    assert re.findall(r"https?://[^\"\s]+", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<script|<image|<foreignObject|href|@import|@font-face|url\(|\son\w+=", text)
    assert text.endswith("</svg>\n")


def test_the_page_is_described_for_screen_readers() -> None:
    root = render()
    assert root.attrib["role"] == "img"
    ids = {each.attrib["id"]: each.text or "" for each in root if "id" in each.attrib}
    assert set(root.attrib["aria-labelledby"].split()) == set(ids)
    assert ids["title"] == "dev, drawn by construct"
    assert "api: 4 resources (role 1)." in ids["description"]
    description = "api sends traffic to and has a permission on database (tcp 5432; the ledger)"
    assert f"{description}." in ids["description"]
    titles = [each.text for each in root.iter(f"{SVG}title")]
    assert description in titles
    assert "api refers to network" in titles


def test_boxes_wires_ports_and_legend_are_drawn() -> None:
    root = render()
    assert len(list(root.iter(f"{SVG}rect"))) == 1 + 3  # the page and its boxes
    shown = texts(root)
    assert {"dev: 7 resources", "api", "4 resources", "role", "tcp 5432", "sends traffic to"} <= set(shown)
    kinds = [each.attrib["class"] for each in root.iter(f"{SVG}path")]
    assert kinds == [
        "reference",
        "reference-head",
        "traffic",
        "traffic-head",
        "traffic",
        "permission",
        "reference",
    ]


def test_light_and_dark_mode_style_the_same_elements() -> None:
    """Each style with a color in light mode has one in dark mode."""
    style = render().find(f"{SVG}style")
    assert style is not None
    light, dark = (style.text or "").split("@media (prefers-color-scheme: dark)")
    rule = re.compile(r"^([\w.-]+) \{[^}]*#\w{6}", re.MULTILINE)
    assert set(rule.findall(light)) == set(rule.findall(dark)) != set()


@pytest.mark.parametrize("name", ["a" * 200, "m" * 60, "日本" * 40, '<b>&"\x00\x1b', "x"])
def test_text_stays_inside_its_box(name: str) -> None:
    root = render({f"{name}/{name}/Default aws_vpc.v": {}, f"{name}/{name}/b aws_subnet.s": {}})
    [_, box] = root.iter(f"{SVG}rect")
    [group] = [each for each in root.iter(f"{SVG}g") if each.find(f"{SVG}rect") is not None]
    for text in group.iter(f"{SVG}text"):
        width = width_of(text.text or "", heading=text.get("class") == "heading")
        end = float(text.attrib["x"]) + (0 if text.get("text-anchor") else width)
        assert end <= float(box.attrib["width"]) - 10
        assert float(text.attrib["y"]) <= float(box.attrib["height"]) - 10


def test_port_labels_do_not_overlap() -> None:
    """Port labels of many wires to one box don't overlap."""
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
    for text in render(blocks).iter(f"{SVG}text"):
        if text.get("class") == "port":
            x, width = float(text.attrib["x"]), width_of(text.text or "")
            areas.append((float(text.attrib["y"]), x - width if text.get("text-anchor") else x, width))
    assert len(areas) == 9
    for index, (y, left, width) in enumerate(areas):
        for other, start, length in areas[:index]:
            assert abs(y - other) >= 15 or left + width <= start or start + length <= left


def test_stacks_are_below_each_other() -> None:
    summaries = [summarize_stack(stack(SHOP, name)) for name in ("dev", "dev-platform")]
    headings = [
        each for each in xml(render_svg("dev", summaries)).iter(f"{SVG}text") if "dev" in (each.text or "")
    ]
    assert [each.text for each in headings] == ["dev: 7 resources", "dev-platform: 7 resources"]
    assert float(headings[0].attrib["y"]) < float(headings[1].attrib["y"])
