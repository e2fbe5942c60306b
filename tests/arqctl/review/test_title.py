"""Both pages have the same title, and it claims only what the review knows."""

from dataclasses import replace

import pytest

from arqctl.plan.model import Check
from arqctl.review.markdown import comment
from arqctl.review.model import Counts, PolicyDelta, Review, StackReview, Verdict
from arqctl.review.terminal import render_terminal
from tests.arqctl.review.markdown.reviews import danger, finding

UNCHANGED = StackReview("dev", "dev", "0123", Counts(), policy=PolicyDelta(1))
CHANGED = replace(UNCHANGED, counts=Counts(update=1))
FAILED_CHECK = (Check("check.health", "fail", ("the API answers 500",)),)


@pytest.mark.parametrize(
    ("stack", "gaps", "expected"),
    [
        (UNCHANGED, (), "No changes: an apply would do nothing"),
        (
            replace(UNCHANGED, policy=None),
            (),
            "No changes: an apply would do nothing; the gate didn't evaluate every stack",
        ),
        (UNCHANGED, ("no base",), "No changes: an apply would do nothing; this review has gaps"),
        (CHANGED, (), "Changes: no known data loss, and no policy finding blocks the deployment"),
        (
            replace(CHANGED, policy=None),
            (),
            "Changes: no known data loss; the gate didn't evaluate every stack",
        ),
        (CHANGED, ("no base",), "Changes: no known data loss; this review has gaps"),
        (
            replace(UNCHANGED, checks=FAILED_CHECK),
            (),
            "Changes: no known data loss, and no policy finding blocks the deployment; a check doesn't pass",
        ),
        (replace(CHANGED, dangers=(danger(),)), (), "Danger: read what is lost before you approve"),
        (
            replace(CHANGED, policy=PolicyDelta(1, new=(finding(),))),
            (),
            "Policy: findings block this deployment",
        ),
        (
            replace(CHANGED, is_complete=False, dangers=(danger(),), policy=PolicyDelta(1, existing=1)),
            (),
            "Partial: a plan is incomplete, and what it would still change or destroy is unknown;"
            " the planned part has dangers; policy findings block this deployment",
        ),
    ],
)
def test_the_title_states_reservations(stack: StackReview, gaps: tuple[str, ...], expected: str) -> None:
    review = Review((stack,), "4567", gaps=gaps)
    assert comment(review).splitlines()[1] == f"## {expected}"
    word, _, sentence = expected.partition(":")
    assert render_terminal(review, width=300).splitlines()[-1] == f"{word.upper()}:{sentence}."


def test_an_incomplete_plan_without_rows_is_partial_on_both_pages() -> None:
    review = Review((replace(UNCHANGED, is_complete=False), replace(UNCHANGED, stack="prod")), "4567")
    assert review.verdict is Verdict.PARTIAL
    page, text = comment(review), render_terminal(review)
    assert "`dev` (**partial**)" in page
    assert "**Partial**: the plan of `dev` has deferred changes or only targets." in page
    assert "dev (partial: the plan has deferred changes or only targets)" in text
    for each in (page, text):
        assert "an apply would do nothing" not in each


def test_a_failed_check_without_changes_is_shown_on_both_pages() -> None:
    review = Review((replace(UNCHANGED, checks=FAILED_CHECK),), "4567")
    assert review.verdict is Verdict.CHANGES
    for page in (comment(review), render_terminal(review)):
        assert "the API answers 500" in page
        assert "an apply would do nothing" not in page
