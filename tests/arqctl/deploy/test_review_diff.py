"""What differs from the review is told by resource; a danger that nobody reviewed is growth."""

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


def diff_of(now: tuple[ChangedResource, ...], then: tuple[ChangedResource, ...]) -> list[str]:
    return diff(replace(NOTHING, changes=now), replace(NOTHING, changes=then))


def test_what_is_new_and_what_is_gone_is_told() -> None:
    other = replace(ROW, address="aws_vpc.other", action=Action.CREATE)
    assert diff_of((ROW,), (other,)) == [
        "not reviewed: update aws_vpc.main",
        "no longer: create aws_vpc.other",
    ]


def test_another_action_is_told() -> None:
    replaced = replace(ROW, action=Action.DELETE_THEN_CREATE)
    assert diff_of((replaced,), (ROW,)) == ["replace aws_vpc.main, and reviewed was update"]


def test_another_value_is_told_by_its_argument() -> None:
    larger = replace(ROW, differences=(replace(SIZE, after="3"), Difference("name", Kind.ADDED, "", "n")))
    assert diff_of((larger,), (ROW,)) == ["update aws_vpc.main with another name, size"]


def test_another_origin_is_told() -> None:
    moved = replace(ROW, previous_address="aws_vpc.older")
    assert diff_of((moved,), (ROW,)) == ["update aws_vpc.main with another where it comes from"]


def test_a_deletion_among_the_dangers_is_told_like_any_other() -> None:
    assert diff(replace(NOTHING, dangers=(DELETED,)), NOTHING) == [
        "not reviewed: delete aws_db_instance.main"
    ]


def test_a_left_over_object_is_not_the_one_in_use() -> None:
    leftover_files = replace(ROW, deposed="00112233", action=Action.DELETE)
    assert diff_of((ROW, leftover_files), (ROW,)) == ["not reviewed: delete aws_vpc.main 00112233"]


def test_outputs_are_told_by_name() -> None:
    output = ChangedOutput("url", Action.UPDATE, (SIZE,))
    assert diff(replace(NOTHING, outputs=(output,)), NOTHING) == ["output url changes otherwise"]


def test_what_cannot_be_shown_is_said_to_differ() -> None:
    assert diff_of((ROW,), (ROW,)) == ["only values differ that are secret, or known after apply"]


def test_what_was_reviewed_has_not_grown() -> None:
    assert new_risks([DELETED], [DELETED]) == []
    assert new_risks([], [DELETED]) == []
    assert new_risks([DELETED], [replace(DELETED, protections=(UNGUARDED,))]) == []


def test_a_new_danger_a_worse_one_and_a_lost_guard_have() -> None:
    assert new_risks([DELETED], []) == ["delete aws_db_instance.main: a database (new)"]
    forgotten = replace(DELETED, action=Action.FORGET)
    assert new_risks([DELETED], [forgotten]) == [
        "delete aws_db_instance.main: a database (reviewed was forget: a database)"
    ]
    assert new_risks([replace(DELETED, protections=(UNGUARDED,))], [DELETED]) == [
        "aws_db_instance.main: no final snapshot is made (new)"
    ]
