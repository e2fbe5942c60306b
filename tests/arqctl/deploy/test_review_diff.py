"""Differences from the review are listed by resource, and new dangers are found."""

from dataclasses import replace

from arqctl.core.stateful_types import DataLossKind
from arqctl.deploy.review_diff import diff, new_risks
from arqctl.plan.diff.difference import Difference, Kind
from arqctl.plan.model import Action
from arqctl.plan.risk.danger import Danger
from arqctl.plan.risk.protections import WeakenedProtection
from arqctl.review.model import ChangedOutput, ChangedResource, Counts, StackReview

NOTHING = StackReview("dev", "dev", "0123456789abcdef0123456789abcdef", Counts())
SIZE = Difference("size", Kind.CHANGED, "1", "2")
ROW = ChangedResource("aws_vpc.main", "aws_vpc", "vpc", Action.UPDATE, (SIZE,))
DELETED = Danger(
    address="aws_db_instance.main",
    type="aws_db_instance",
    path="database",
    action=Action.DELETE,
    loss=DataLossKind.DATA,
    what="a database",
    why="it is no longer in the configuration",
)
UNGUARDED = WeakenedProtection("skip_final_snapshot", "no final snapshot is made", "true")


def diff_of(planned: tuple[ChangedResource, ...], reviewed: tuple[ChangedResource, ...]) -> list[str]:
    return diff(replace(NOTHING, changes=planned), replace(NOTHING, changes=reviewed))


def test_unreviewed_and_no_longer_planned_changes_are_listed() -> None:
    other = replace(ROW, address="aws_vpc.other", action=Action.CREATE)
    assert diff_of((ROW,), (other,)) == [
        "not reviewed: update aws_vpc.main",
        "no longer planned: create aws_vpc.other",
    ]


def test_a_different_action_is_listed() -> None:
    replaced = replace(ROW, action=Action.DELETE_THEN_CREATE)
    assert diff_of((replaced,), (ROW,)) == ["replace aws_vpc.main, but the review has update"]


def test_a_different_value_is_listed_by_its_argument() -> None:
    larger = replace(ROW, differences=(replace(SIZE, after="3"), Difference("name", Kind.ADDED, "", "n")))
    assert diff_of((larger,), (ROW,)) == ["update aws_vpc.main with different name, size"]


def test_a_different_move_is_listed() -> None:
    moved = replace(ROW, previous_address="aws_vpc.older")
    assert diff_of((moved,), (ROW,)) == ["update aws_vpc.main with different move or import"]


def test_a_dangerous_deletion_is_listed_as_an_action() -> None:
    assert diff(replace(NOTHING, dangers=(DELETED,)), NOTHING) == [
        "not reviewed: delete aws_db_instance.main"
    ]


def test_a_deposed_object_is_not_the_current_one() -> None:
    deposed = replace(ROW, deposed="00112233", action=Action.DELETE)
    assert diff_of((ROW, deposed), (ROW,)) == ["not reviewed: delete aws_vpc.main 00112233"]


def test_outputs_are_listed_by_name() -> None:
    output = ChangedOutput("url", Action.UPDATE, (SIZE,))
    assert diff(replace(NOTHING, outputs=(output,)), NOTHING) == ["output url changes differently"]


def test_a_difference_that_cannot_be_shown_is_mentioned() -> None:
    assert diff_of((ROW,), (ROW,)) == ["only secret values, or values known after apply, differ"]


def test_a_reviewed_danger_is_no_new_risk() -> None:
    assert new_risks([DELETED], [DELETED]) == []
    assert new_risks([], [DELETED]) == []
    assert new_risks([DELETED], [replace(DELETED, protections=(UNGUARDED,))]) == []


def test_a_new_danger_another_action_and_a_lost_protection_are_new_risks() -> None:
    assert new_risks([DELETED], []) == ["delete aws_db_instance.main: a database (new)"]
    forgotten = replace(DELETED, action=Action.FORGET)
    assert new_risks([DELETED], [forgotten]) == [
        "delete aws_db_instance.main: a database (the review has forget: a database)"
    ]
    assert new_risks([replace(DELETED, protections=(UNGUARDED,))], [DELETED]) == [
        "aws_db_instance.main: no final snapshot is made (new)"
    ]
