"""The terminal page: danger first, every address listed, no control characters."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from arqctl.gate.report import Finding
from arqctl.plan.diff.difference import Difference, Kind
from arqctl.plan.model import Action, Check
from arqctl.plan.parser import read_plan
from arqctl.review.builder import StackInput, build_review
from arqctl.review.markdown import comment
from arqctl.review.model import (
    ChangedResource,
    CollapsedChange,
    Cost,
    Counts,
    PolicyDelta,
    Review,
    StackReview,
)
from arqctl.review.terminal import cost_text, render_terminal

PLANS = Path(__file__).with_name("plans")
FOUND = Finding(
    rule="CKV_ARQ_1", severity="HIGH", address="a.b", path="dev/b", message="is open", stack="dev"
)


@pytest.fixture(name="review")
def _review() -> Review:
    text = (PLANS / "every_action.json").read_text(encoding="utf-8")
    return build_review([StackInput(read_plan(text, stack="dev", environment="dev", paths={}))], commit="abc")


def page(**parts: object) -> str:
    stack = StackReview("dev", "dev", "0123", Counts(update=1), **parts)  # type: ignore[arg-type]  # by name
    return render_terminal(Review((stack,), "4567"))


def test_danger_comes_first_and_every_changed_address_is_listed(review: Review) -> None:
    text = render_terminal(review)
    assert text.index("Danger (") < text.index("Access (") < text.index("Changes (") < text.index("DANGER:")
    stack = review.stacks[0]
    for address in [each.address for each in stack.dangers] + [
        each.address for each in (*stack.changes, *stack.moves, *stack.imports)
    ]:
        assert address in text


def test_the_text_is_the_same_without_color(review: Review) -> None:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", render_terminal(review, color=True))
    assert plain == render_terminal(review)


def test_a_plan_cannot_control_the_terminal() -> None:
    hostile = "\x1b[2Jx\nNO CHANGES"
    changed = ChangedResource(
        hostile, "t", "p/q", Action.UPDATE, (Difference(hostile, Kind.CHANGED, hostile, "b"),)
    )
    text = page(changes=(changed,), checks=(Check(hostile, "fail", (hostile,)),))
    assert "\x1b" not in text
    assert not any(line.startswith("NO CHANGES") for line in text.splitlines())


def test_findings_are_new_or_not_compared() -> None:
    assert "Findings (1, new since the base)" in page(policy=PolicyDelta(1, new=(FOUND,), is_compared=True))
    text = page(
        policy=PolicyDelta(1, unknown=(FOUND,), existing=2, fixed=3, lost_addresses=("aws_s3_bucket.gone",))
    )
    for word in (
        "not compared with a base",
        "is open",
        "2 findings of the base still open, which blocks too",
        "3 fixed",
        "aws_s3_bucket.gone",
    ):
        assert word in text
    assert text.rstrip().endswith("POLICY: findings block this deployment.")


def test_the_terminal_and_the_comment_count_the_same_findings() -> None:
    policy = PolicyDelta(1, new=(FOUND,), unknown=(FOUND,), existing=2, lost_addresses=("a.b",))
    stack = StackReview("dev", "dev", "0123", Counts(), policy=policy)
    review = Review((stack,), "4567")
    assert re.search(r"^dev +(?:· +){6}4 ", render_terminal(review), re.MULTILINE)
    assert re.search(r"^\| `dev` \(no changes\) \|(?: · \|){6} 4 \|", comment(review), re.MULTILINE)


def test_collapsed_changes_are_counted_and_not_listed() -> None:
    collapsed = [
        ChangedResource(f"aws_route.r{n}", "aws_route", "a/b", Action.UPDATE, collapsed=CollapsedChange.TAGS)
        for n in range(3)
    ]
    text = page(changes=tuple(collapsed))
    assert "3 tag-only updates" in text
    assert "aws_route.r0" not in text


def test_a_resource_lists_its_first_differences_and_counts_the_others() -> None:
    many = tuple(Difference(f"a{n}", Kind.CHANGED, "1", "2") for n in range(40))
    assert "and 28 more" in page(changes=(ChangedResource("a.b", "a", "b", Action.UPDATE, many),))


def test_line_diffs_and_unknown_values_have_their_format() -> None:
    differences = (
        Difference("text", Kind.CHANGED, lines=("-old", "+new")),
        Difference("id", Kind.UNKNOWN, "x"),
        Difference("name", Kind.ADDED, "", "y", forces=True),
    )
    text = page(changes=(ChangedResource("a.b", "a", "b", Action.UPDATE, differences),))
    assert "-old\n" in text
    assert "id: x → (known after apply)" in text
    assert "name: (none) → y (forces replacement)" in text


@pytest.mark.parametrize(
    ("cost", "expected"),
    [
        (None, "?"),
        (Cost(Decimal(1234), Decimal("12.5"), 100, 0, date(2026, 1, 1)), "1,234 (+12.50)"),
        (Cost(None, None, 0, 4, date(2026, 1, 1)), "? (?, 4 unpriced)"),
        (Cost(Decimal(10), Decimal(0), 50, 1, date(2026, 1, 1)), "≥ 10 (+0.00, 1 unpriced)"),
    ],
)
def test_an_unknown_cost_is_never_zero(cost: Cost | None, expected: str) -> None:
    assert cost_text(cost) == expected


def test_an_errored_plan_is_partial() -> None:
    stack = StackReview("dev", "dev", "0123", Counts(), is_errored=True, is_simulated=True)
    text = render_terminal(Review((stack,), "4567"))
    assert "dev (partial: the plan ended with an error, simulated)" in text
    assert "NO CHANGES" not in text
    assert "PARTIAL: a plan is incomplete" in text
    assert "no known data loss" not in text


def test_a_stack_without_changes_is_only_a_row_of_the_table() -> None:
    text = render_terminal(Review((StackReview("dev", "dev", "01", Counts(), policy=PolicyDelta(1)),), "45"))
    assert text.startswith("stack")
    assert "NO CHANGES" in text
