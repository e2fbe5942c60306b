import os
import re
import subprocess
import sys

import pytest

from arqctl.diagram.changed_graph import render_changes
from tests.arqctl.diagram.sample_stacks import stack

SHOP = stack(
    {
        "database/Default aws_db_instance.database": {"kms_key_id": "${aws_kms_key.key.arn}"},
        "database/key/Default aws_kms_key.key": {},
        "database/key/alias aws_kms_alias.key": {"target_key_id": "${aws_kms_key.key.id}"},
        "api/role/connect aws_iam_role_policy.connect": {"policy": "${aws_db_instance.database.id}"},
        "site/Default aws_s3_bucket.site": {},
    }
)

HOSTILE_TEXTS = (
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


def make_blocks(count: int, *, linked: bool) -> dict[str, dict[str, object]]:
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


def test_changed_resources_are_grouped_by_construct_with_grey_neighbors() -> None:
    assert render_changes(SHOP, {"aws_db_instance.database": "update"}) == "\n".join(
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
def test_no_change_gives_no_graph(actions: dict[str, str]) -> None:
    assert render_changes(SHOP, actions) == ""


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
def test_every_action_has_a_word_and_a_color(action: str, word: str) -> None:
    text = render_changes(SHOP, {"aws_s3_bucket.site": action})
    assert f'["{word}<br/>aws_s3_bucket"]:::{word}\n' in text
    assert re.search(rf"classDef {word} fill:#\w+,stroke:#\w+,color:#\w+", text)


def test_an_unknown_action_is_shown_unchanged() -> None:
    assert '["renew#46;all<br/>aws_s3_bucket"]:::other' in render_changes(
        SHOP, {"aws_s3_bucket.site": "renew.all"}
    )


def test_a_removed_resource_is_shown_by_its_address() -> None:
    text = render_changes(SHOP, {"aws_db_instance.old": "delete"})
    assert titles(text) == ["in no construct"]
    assert labels(text) == ["deleted<br/>aws_db_instance#46;old"]


def test_instances_of_a_block_are_one_node_with_the_style_of_the_gravest_action() -> None:
    actions = {
        "aws_s3_bucket.site[0]": "create",
        "aws_s3_bucket.site[1]": "create",
        'aws_s3_bucket.site["a"]': "delete",
    }
    assert '["1 deleted, 2 created<br/>aws_s3_bucket"]:::deleted' in render_changes(SHOP, actions)


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_text_is_escaped_for_mermaid_markdown_and_html(text: str) -> None:
    """Quotes, fences and tags become numeric character references: displayed, but without effect."""
    hostile = stack({f"{text}/{text} aws_s3_bucket.site": {}})
    graph = render_changes(hostile, {text: "delete", "aws_s3_bucket.site": text})
    assert graph.isascii()
    line = re.compile(
        r'flowchart LR|  classDef \w+ [\w:#,. -]+| +subgraph \w+\["[\w #;/-]+"\]| +end'
        r'| +n\d+\["(?:[A-Za-z0-9 _/,-]|#\d+;|<br/>)*"\]:::\w+'
    )
    assert [each for each in graph.splitlines() if not line.fullmatch(each)] == []


@pytest.mark.parametrize("size", [20, 60, 200, 5_000])
@pytest.mark.parametrize("linked", [False, True])
def test_the_graph_respects_its_limits_and_counts_every_change(size: int, linked: bool) -> None:
    built = stack(make_blocks(size, linked=linked))
    text = render_changes(built, dict.fromkeys(built.blocks, "create"))
    shown = labels(text)
    assert len(shown) <= 60
    assert text.count(" --> ") <= 120
    assert len(text) <= 8_000
    counts = [re.match(r"(\d+) created", each) for each in shown]
    assert sum(int(count[1]) if count else 1 for count in counts) == size


def test_a_large_graph_is_summarized_by_construct_and_then_as_one_count() -> None:
    by_part = stack(make_blocks(200, linked=True))
    text = render_changes(by_part, dict.fromkeys(by_part.blocks, "create"))
    assert len(labels(text)) == 7
    assert labels(text)[0] == "29 created<br/>part0"
    wide = stack({f"part{number}/Default aws_thing.t{number}": {} for number in range(100)})
    assert labels(render_changes(wide, dict.fromkeys(wide.blocks, "create"))) == ["100 created"]


def test_unchanged_neighbors_are_dropped_before_changes() -> None:
    users = {f"user{n}/Default aws_user.u{n}": {"hub": "${aws_thing.hub.id}"} for n in range(100)}
    text = render_changes(stack({"hub/Default aws_thing.hub": {}, **users}), {"aws_thing.hub": "update"})
    assert labels(text) == ["updated<br/>aws_thing"]


def test_the_order_of_actions_and_hash_seeds_do_not_matter() -> None:
    actions = dict.fromkeys(SHOP.blocks, "update")
    assert render_changes(SHOP, actions) == render_changes(SHOP, dict(reversed(actions.items())))
    program = (
        "from tests.arqctl.diagram.test_changed_graph import *\n"
        "print(render_changes(SHOP, dict.fromkeys(SHOP.blocks, 'update')), end='')"
    )
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout == render_changes(SHOP, actions)
