import os
import re
import subprocess
import sys

import pytest

from arqctl.diagram.mermaid import changed_graph
from tests.arqctl.diagram.stacks import stack

SHOP = stack(
    {
        "database/Default aws_db_instance.database": {"kms_key_id": "${aws_kms_key.key.arn}"},
        "database/key/Default aws_kms_key.key": {},
        "database/key/alias aws_kms_alias.key": {"target_key_id": "${aws_kms_key.key.id}"},
        "api/role/connect aws_iam_role_policy.connect": {"policy": "${aws_db_instance.database.id}"},
        "site/Default aws_s3_bucket.site": {},
    }
)

HOSTILE = (
    "end",
    'x"]; click n0 "javascript:alert(1)"',
    "%%{init: {'securityLevel': 'loose'}}%%",
    "```\n# heading",
    "<img src=x onerror=alert(1)>",
    "&lt;img&gt; #lt;b#gt;",
    "`**bold**`",
    "1. list",
    "@everyone",
    "https://www.example.com",
    "a\r\n  subgraph b",
    "\u202eabc\x1b[31m\ud800",
    "-->|x|",
)


def many(count: int, *, linked: bool) -> dict[str, dict[str, object]]:
    return {
        f"part{number % 7}/thing{number}/Default aws_thing.t{number}": {
            "after": f"${{aws_thing.t{number - 1}.id}}" if linked and number else ""
        }
        for number in range(count)
    }


def labels(text: str) -> list[str]:
    return re.findall(r'^ +n\d+\["(.*)"\]', text, re.MULTILINE)


def titles(text: str) -> list[str]:
    return re.findall(r'subgraph \w+\["(.*)"\]', text)


def test_changed_resources_stand_in_their_constructs_with_their_neighbours_in_grey() -> None:
    assert changed_graph(SHOP, {"aws_db_instance.database": "update"}) == "\n".join(
        [
            "flowchart LR",
            '  subgraph g0["api/role"]',
            '    n0["unchanged<br/>aws_iam_role_policy<br/>connect"]:::unchanged',
            "  end",
            '  subgraph g1["database"]',
            '    n1["updated<br/>aws_db_instance"]:::updated',
            '    subgraph g1_0["key"]',
            '      n2["unchanged<br/>aws_kms_key"]:::unchanged',
            "    end",
            "  end",
            "  n1 --> n2",
            "  n0 --> n1",
            "  classDef unchanged fill:#eaeef2,stroke:#8c959f,color:#57606a,stroke-dasharray:4 3",
            "  classDef updated fill:#fff3b0,stroke:#7d5c00,color:#1f2328",
            "",
        ]
    )


@pytest.mark.parametrize("actions", [{}, {"aws_s3_bucket.site": "no-op", "data.aws_vpc.v": "read"}])
def test_no_change_is_no_picture(actions: dict[str, str]) -> None:
    assert changed_graph(SHOP, actions) == ""


@pytest.mark.parametrize(
    ("action", "word"),
    [
        ("create", "created"),
        ("update", "updated"),
        ("delete", "deleted"),
        ("replace", "replaced"),
        ("delete-create", "replaced"),
        ("create-delete", "replaced"),
        ("create-forget", "replaced"),
        ("forget", "forgotten"),
        ("move", "moved"),
        ("import", "imported"),
    ],
)
def test_every_action_is_told_in_a_word_as_well_as_in_colour(action: str, word: str) -> None:
    text = changed_graph(SHOP, {"aws_s3_bucket.site": action})
    assert f'["{word}<br/>aws_s3_bucket"]:::{word}\n' in text
    assert re.search(rf"classDef {word} fill:#\w+,stroke:#\w+,color:#\w+", text)


def test_an_action_of_a_later_terraform_is_told_as_it_is() -> None:
    assert '["renew#46;all<br/>aws_s3_bucket"]:::other' in changed_graph(
        SHOP, {"aws_s3_bucket.site": "renew.all"}
    )


def test_what_the_stack_has_no_more_is_told_by_its_address() -> None:
    text = changed_graph(SHOP, {"aws_db_instance.old": "delete"})
    assert titles(text) == ["in no construct"]
    assert labels(text) == ["deleted<br/>aws_db_instance#46;old"]


def test_instances_of_one_block_are_one_node_and_the_gravest_gives_the_style() -> None:
    actions = {
        "aws_s3_bucket.site[0]": "create",
        "aws_s3_bucket.site[1]": "create",
        'aws_s3_bucket.site["a"]': "delete",
    }
    assert '["1 deleted, 2 created<br/>aws_s3_bucket"]:::deleted' in changed_graph(SHOP, actions)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_has_a_meaning_in_mermaid_markdown_or_html(text: str) -> None:
    """Quotes, fences and tags are the numbers of their characters: seen as they are, obeyed by nobody."""
    hostile = stack({f"{text}/{text} aws_s3_bucket.site": {}})
    drawn = changed_graph(hostile, {text: "delete", "aws_s3_bucket.site": text})
    assert drawn.isascii()
    line = re.compile(
        r'flowchart LR|  classDef \w+ [\w:#,. -]+| +subgraph \w+\["[\w #;/-]+"\]| +end'
        r'| +n\d+\["(?:[A-Za-z0-9 _/,-]|#\d+;|<br/>)*"\]:::\w+'
    )
    assert [each for each in drawn.splitlines() if not line.fullmatch(each)] == []


@pytest.mark.parametrize("size", [20, 60, 200, 5_000])
@pytest.mark.parametrize("linked", [False, True])
def test_it_keeps_within_its_limits_and_counts_every_change(size: int, linked: bool) -> None:
    built = stack(many(size, linked=linked))
    text = changed_graph(built, dict.fromkeys(built.blocks, "create"))
    shown = labels(text)
    assert len(shown) <= 60
    assert text.count(" --> ") <= 120
    assert len(text) <= 8_000
    counts = [re.match(r"(\d+) created", each) for each in shown]
    assert sum(int(count[1]) if count else 1 for count in counts) == size


def test_what_has_no_room_is_told_by_construct_and_at_last_by_count() -> None:
    by_part = stack(many(200, linked=True))
    text = changed_graph(by_part, dict.fromkeys(by_part.blocks, "create"))
    assert len(labels(text)) == 7
    assert labels(text)[0] == "29 created<br/>part0"
    wide = stack({f"part{number}/Default aws_thing.t{number}": {} for number in range(100)})
    assert labels(changed_graph(wide, dict.fromkeys(wide.blocks, "create"))) == ["100 created"]


def test_neighbours_go_before_changes_do() -> None:
    users = {f"user{n}/Default aws_user.u{n}": {"hub": "${aws_thing.hub.id}"} for n in range(100)}
    text = changed_graph(stack({"hub/Default aws_thing.hub": {}, **users}), {"aws_thing.hub": "update"})
    assert labels(text) == ["updated<br/>aws_thing"]


def test_the_order_of_actions_and_hash_seeds_make_no_difference() -> None:
    actions = dict.fromkeys(SHOP.blocks, "update")
    assert changed_graph(SHOP, actions) == changed_graph(SHOP, dict(reversed(actions.items())))
    program = (
        "from tests.arqctl.diagram.test_mermaid import *\n"
        "print(changed_graph(SHOP, dict.fromkeys(SHOP.blocks, 'update')), end='')"
    )
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout == changed_graph(SHOP, actions)
