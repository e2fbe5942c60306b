"""Content and order of each section."""

import re
from datetime import date
from decimal import Decimal

import pytest

from arqctl.plan.access.access_diff import AccessChange, Direction
from arqctl.plan.diff.difference import Difference, Kind
from arqctl.plan.model import Action
from arqctl.review.markdown import comment
from arqctl.review.model import CollapsedChange, Cost, Counts, PolicyDelta, StackReview
from tests.arqctl.review.markdown.reviews import (
    access,
    changed,
    danger,
    difference,
    everything,
    finding,
    review,
    stack,
    waived,
)


def page(*stacks: StackReview) -> str:
    return comment(review(*stacks))


def test_a_danger_has_its_reason_forcing_arguments_and_protections() -> None:
    assert (
        "- **replace** `aws_db_instance.main` in `production`: the database and what is in it\n"
        "  - category: data, `aws_db_instance`, path `database/default`\n"
        "  - why: an argument can't be changed in place\n"
        "  - `engine_version`: `15` → `17`, **forces replacement**\n"
        "  - protection: deletion protection: true → false\n"
    ) in page(stack(dangers=(danger(deposed=""),)))
    assert "`aws_db_instance.main` (deposed `a1b2`)" in page(stack(dangers=(danger(deposed="a1b2"),)))


def test_instances_of_a_block_are_one_row_and_counted() -> None:
    workers = tuple(danger(f"aws_instance.worker[{n}]", path=f"worker[{n}]") for n in range(12))
    text = page(stack("dev", dangers=workers), stack("staging", dangers=workers))
    assert "### Danger: 24\n" in text
    assert text.count("- **replace** `aws_instance.worker[*]` (12 instances) in `dev`, `staging`: ") == 1
    assert "  - instances `[0] [1] [2] [3] [4] [5] [6] [7] [8] [9] [10] [11]`\n" in text


def test_dangers_of_all_stacks_are_sorted_by_category() -> None:
    losses = (
        "recreatable", "protection", "identity", "unknown", "keys", "network", "data", "address", "evidence",
    )  # fmt: skip
    stacks = (stack(f"s{n}", dangers=(danger(f"aws_x.{loss}", loss),)) for n, loss in enumerate(losses))
    found = re.findall(r"^- \*\*replace\*\* `aws_x\.(\w+)`", page(*stacks), re.MULTILINE)
    assert found == [
        "keys", "data", "evidence", "identity", "unknown", "protection", "address", "network", "recreatable",
    ]  # fmt: skip


def test_the_matrix_has_one_row_for_stacks_with_equal_changes() -> None:
    cost = Cost(Decimal("1234.5"), Decimal("-2"), 100, 0, date(2026, 11, 1))
    counts = Counts(create=1_000, move=2)
    policy = PolicyDelta(1, new=(finding(path="a/b"),), unknown=(finding(path="a/c"),), existing=3)
    text = page(
        stack("dev", counts=counts, cost=cost),
        stack("staging", counts=counts),
        stack("production", counts=counts, is_errored=True, is_simulated=True, policy=policy),
        stack("bootstrap", policy=PolicyDelta(1)),
    )
    assert (
        "| environment | create | update | replace | delete | move | import | findings | USD/month |\n"
        "| --- | --: | --: | --: | --: | --: | --: | --: | --: |\n"
        "| `dev`, `staging` | 1,000 | · | · | · | 2 | · | ? | 1,234.50 (-2.00), ? |\n"
        "| `production` (**partial**, simulated) | 1,000 | · | · | · | 2 | · | 5 | ? |\n"
        "| `bootstrap` (no changes) | · | · | · | · | · | · | · | ? |\n"
    ) in text


def test_a_long_matrix_ends_with_sums_and_is_complete_below() -> None:
    text = page(*(stack(f"environment-number-{n}", counts=Counts(create=n)) for n in range(40)))
    (more,) = re.findall(r"^\| (\d+) more \| (\d+) \|", text, re.MULTILINE)
    assert int(more[1]) == sum(range(40 - int(more[0]), 40))
    assert "<summary>Each stack and its fingerprint (40)</summary>" in text
    assert "| `environment-number-39` | `0123456789abcdef` | 39 |" in text


def test_several_stacks_have_a_table_of_fingerprints() -> None:
    text = page(stack("dev", fingerprint="aaaa"), stack("production", fingerprint="bbbb"))
    assert "fingerprint `fedcba9876543210`" in text
    assert "| `dev` (no changes) | `aaaa` |" in text
    assert "| `production` (no changes) | `bbbb` |" in text
    assert "Each stack" not in page(stack())


def test_findings_are_sorted_by_severity_and_marked_as_new() -> None:
    found = [
        finding(f"R{n}").model_copy(update={"severity": each}) for n, each in enumerate(("LOW", "CRITICAL"))
    ]
    compared = page(stack(policy=PolicyDelta(1, new=tuple(found), is_compared=True, existing=2, fixed=3)))
    assert compared.index("CRITICAL [`R1`]") < compared.index("LOW [`R0`]")
    assert "**Findings (2, new since the base)**" in compared
    assert "2 findings of the base still open, which blocks too. 3 findings of the base fixed." in compared
    assert "**Policy blocks the deployment**: 2 findings, 2 existing in the base." in compared
    assert "not compared with a base" in page(stack(policy=PolicyDelta(1, new=tuple(found))))


def test_the_note_on_policy_is_always_shown() -> None:
    assert "No policy finding." in page(stack(policy=PolicyDelta(1)))
    assert "The gate didn't evaluate `dev`." in page(stack(policy=PolicyDelta(1)), stack("dev"))


@pytest.mark.parametrize("link", [None, "javascript:alert(1)"])
def test_a_rule_without_a_web_address_is_no_link(link: str | None) -> None:
    found = finding().model_copy(update={"link": link})
    assert "- HIGH `CKV_ARQ_1` `production/" in page(stack(policy=PolicyDelta(1, new=(found,))))


def test_waivers_are_folded_and_sorted_by_expiry() -> None:
    later, sooner = waived(40, "production/later"), waived(1, "production/sooner")
    text = page(stack(policy=PolicyDelta(1, waived=(later, sooner))))
    assert "<summary>2 waivers, the next expires in 1 day</summary>" in text
    assert text.index("**1 day left, until 2027-01-08**") < text.index("**40 days left")


def test_access_changes_mark_denials_and_unknown_rows() -> None:
    unsure = AccessChange(
        Direction.BROADENED,
        "iam",
        ("a",),
        ("b",),
        ("c",),
        "x = y",
        "d.e",
        "f/g",
        is_denial=True,
        is_unknown=True,
    )
    text = page(stack(access_changes=(unsure, access("*", Direction.REDUCED))))
    assert (
        "| `iam` (Deny removed) **not decided** | `a` | `b` | `c` | `x = y` | `f/g` in `production` |" in text
    )
    assert text.index("broadened (1)") < text.index("reduced (1)")


def test_many_names_in_a_cell_are_counted() -> None:
    many = AccessChange(
        Direction.BROADENED, "iam", tuple(f"a{n}" for n in range(13)), ("b",), ("c",), "", "d.e", "f"
    )
    assert "`a9` and 3 more |" in page(stack(access_changes=(many,)))


def test_constructs_that_lose_a_resource_come_first() -> None:
    added, gone = (
        changed("aws_a.b", path="a/b", action=Action.CREATE),
        changed("aws_z.b", path="z/b", action=Action.DELETE),
    )
    text = page(stack(changes=(added, gone)))
    assert text.index("<code>z</code>: 1 delete") < text.index("<code>a</code>: 1 create")


def test_collapsed_changes_are_counted_and_not_listed() -> None:
    collapsed = tuple(
        changed(f"aws_x.n{n}", difference("tags.a"), collapsed=CollapsedChange.TAGS) for n in range(31)
    )
    text = page(
        stack(changes=(*collapsed, changed("aws_y.z", difference(), collapsed=CollapsedChange.HASHES)))
    )
    assert "- 31 tag-only updates omitted\n" in text
    assert "- 1 hash-only update omitted\n" in text
    assert "aws_x.n" not in text


def test_collapsed_changes_are_counted_without_space() -> None:
    collapsed = tuple(changed(f"aws_x.n{n}", collapsed=CollapsedChange.TAGS) for n in range(31))
    many = tuple(danger(f"aws_db_instance.n{n}") for n in range(3_000))
    text = page(stack(changes=collapsed, dangers=many))
    assert re.search(r"31 tag-only updates omitted|left out for length: .*31 `tag-only`", text)


@pytest.mark.parametrize(
    ("difference_", "line"),
    [
        (Difference("a", Kind.ADDED, "", "x"), "  - `a` added: `x`\n"),
        (Difference("a", Kind.REMOVED, "x"), "  - `a` removed: `x`\n"),
        (Difference("a", Kind.CHANGED, "x", "y"), "  - `a`: `x` → `y`\n"),
        (Difference("a", Kind.CHANGED, "", "y"), "  - `a`: (none) → `y`\n"),
        (Difference("a", Kind.UNKNOWN, "x"), "  - `a`: `x` → (known after apply)\n"),
        (
            Difference("", Kind.CHANGED, "x", "y", forces=True),
            "  - value: `x` → `y`, **forces replacement**\n",
        ),
        (
            Difference("a", Kind.CHANGED, lines=("-x", "+```")),
            "  - `a`:\n    ````diff\n    -x\n    +```\n    ````\n",
        ),
    ],
)
def test_each_kind_of_difference_has_its_format(difference_: Difference, line: str) -> None:
    assert f"- **update** `aws_route.main`\n{line}" in page(
        stack(changes=(changed("aws_route.main", difference_),))
    )


def test_moves_imports_and_forgotten_resources_are_named() -> None:
    text = page(
        stack(
            moves=(changed("a.new", action=Action.NO_OP, previous_address="a.old"),),
            imports=(changed("b.main", action=Action.NO_OP, importing="b-1"),),
            changes=(changed("c.main", action=Action.CREATE_THEN_FORGET, deposed="d1"),),
        )
    )
    assert "- **move** `a.new`, moved from `a.old`\n" in text
    assert "- **import** `b.main`, imported as `b-1`\n" in text
    assert "`c.main`, deposed `d1`, the old resource stays in AWS and is no longer managed\n" in text


def test_an_unknown_cost_is_never_zero() -> None:
    unknown = Cost(None, None, 0, 7, date(2026, 11, 1))
    text = page(stack(cost=unknown, counts=Counts(create=1)))
    assert "- `production`: ? (?) USD/month, 0 % priced, 7 unpriced, prices of 2026-11-01\n" in text
    assert "0.00" not in text


def test_every_section_is_shown_once() -> None:
    text = page(everything())
    for words in (
        "**fail** `check.health`: the API answers 500",
        "Harmless types deleted, replaced or forgotten: 1 `aws_route`",
        "<summary>1 resource deferred to a later plan</summary>",
        "- 158 other resources, unrelated to the planned changes",
        "<summary>1 output</summary>",
        "```mermaid\nflowchart LR\n",
        "stateful resource missing, though the address list has it: `aws_s3_bucket.gone`",
        "**Snapshot to be updated: run `arqctl snapshot update`**\n\n- 3 addresses of production differ",
        "**Unknown results, which block too (1, new since the base)**",
    ):
        assert text.count(words) == 1, words
