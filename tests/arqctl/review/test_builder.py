"""From plans to the review: each row is listed once and counted as Terraform counts it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.gate.report import Finding
from arqctl.plan.fingerprint import fingerprint
from arqctl.plan.model import Action, Change, Check, Plan, ResourceChange
from arqctl.plan.parser import SIMULATED
from arqctl.review.builder import StackInput, build_review
from arqctl.review.model import Counts, PolicyDelta, StackReview, Verdict
from tests.arqctl.plan.plan_rows import create, delete, plan, row, update

FOUND = Finding(
    rule="CKV_ARQ_1", severity="HIGH", address="a.b", path="production/b", message="no", stack="production"
)


def review_plan(plan: Plan) -> StackReview:
    return build_review([StackInput(plan)]).stacks[0]


def moved(action: Action = Action.NO_OP) -> ResourceChange:
    return ResourceChange(
        "aws_sqs_queue.new",
        "aws_sqs_queue",
        "production/queue",
        Change(action, {"name": "a"}, {"name": "b"}),
        previous_address="aws_sqs_queue.old",
    )


def test_each_action_is_counted_once_and_a_move_in_addition() -> None:
    rows = [row("aws_route", action, {"a": 1}, {"a": 2}, name=f"r{n}") for n, action in enumerate(Action)]
    assert review_plan(plan(*rows, moved(Action.UPDATE))).counts == Counts(
        create=1, update=2, replace=3, delete=1, forget=1, move=1
    )


def test_paths_start_below_the_stack() -> None:
    review = review_plan(plan(update("aws_route", {"a": 1}, {"a": 2}), delete("aws_kms_key", {"id": "k"})))
    assert [each.path for each in review.changes] == ["main"]
    assert [each.path for each in review.dangers] == ["main"]


@pytest.mark.parametrize("action", [Action.DELETE, Action.FORGET])
def test_a_dangerous_deletion_is_listed_only_as_a_danger(action: Action) -> None:
    gone = row("aws_kms_key", action, {"id": "k"}, None)
    review = review_plan(plan(gone, delete("aws_route", {"id": "r"}, name="r")))
    assert [each.address for each in review.dangers] == ["aws_kms_key.main"]
    assert [each.address for each in review.changes] == ["aws_route.r"]


def test_a_dangerous_replacement_has_its_differences_among_the_changes() -> None:
    replaced = row("aws_kms_key", Action.DELETE_THEN_CREATE, {"id": "k", "d": "a"}, {"d": "b"})
    review = review_plan(plan(replaced))
    assert review.dangers
    assert "d" in {each.path for each in review.changes[0].differences}


def test_a_move_with_an_update_is_a_change() -> None:
    unchanged, changing = review_plan(plan(moved())), review_plan(plan(moved(Action.UPDATE)))
    assert ([each.previous_address for each in unchanged.moves], unchanged.changes) == (
        ["aws_sqs_queue.old"],
        (),
    )
    assert (changing.moves, [each.previous_address for each in changing.changes]) == (
        (),
        ["aws_sqs_queue.old"],
    )
    assert not unchanged.is_no_op


def test_an_import_with_an_update_is_a_change() -> None:
    found = replace(row("aws_route", Action.NO_OP, {"a": 1}, {"a": 1}), importing="r-1")
    unchanged, changing = (
        review_plan(plan(found)),
        review_plan(plan(replace(found, change=update("x", 1, 2).change))),
    )
    assert ([each.importing for each in unchanged.imports], unchanged.changes) == (["r-1"], ())
    assert (changing.imports, [each.importing for each in changing.changes]) == ((), ["r-1"])


def test_an_import_id_that_is_a_secret_is_redacted() -> None:
    key = "AKIAIOSFODNN7EXAMPLE"
    found = replace(row("aws_iam_access_key", Action.NO_OP, {"a": 1}, {"a": 1}), importing=key)
    [row_] = review_plan(plan(found)).imports
    assert row_.importing
    assert key not in row_.importing


def test_a_read_is_neither_listed_nor_counted() -> None:
    read = replace(row("aws_ami", Action.READ, None, {"id": "a"}), mode="data")
    review = review_plan(plan(read, replace(read, change=create("x", {}).change)))
    assert (review.changes, review.counts) == ((), Counts())


def test_a_deposed_object_has_its_own_row() -> None:
    left = replace(delete("aws_kms_key", {"id": "old"}), deposed="0123abcd")
    review = review_plan(plan(left, update("aws_kms_key", {"d": "a"}, {"d": "b"})))
    assert [each.deposed for each in review.dangers] == ["0123abcd"]
    assert [(each.action, each.deposed) for each in review.changes] == [(Action.UPDATE, "")]


def test_a_deleted_resource_has_no_differences() -> None:
    forgotten = row("aws_route", Action.FORGET, {"id": "f"}, None, name="f")
    review = review_plan(plan(delete("aws_route", {"id": "r"}), forgotten))
    assert [each.differences for each in review.changes] == [(), ()]


def test_the_marker_of_offline_aws_is_no_output() -> None:
    outputs = tuple((name, Change(Action.CREATE, None, "x")) for name in (SIMULATED, "url"))
    review = review_plan(Plan("production", "production", "1.11.4", outputs=outputs))
    assert [each.name for each in review.outputs] == ["url"]


def test_a_tag_only_change_collapses_but_not_with_a_move() -> None:
    tagged = update("aws_route", {"tags": {"a": "1"}}, {"tags": {"a": "2"}})
    assert review_plan(plan(tagged)).changes[0].collapsed
    moving = replace(tagged, previous_address="aws_route.old")
    assert not review_plan(plan(moving)).changes[0].collapsed


def test_only_failed_checks_are_listed_and_redacted() -> None:
    secret = "AKIAIOSFODNN7EXAMPLE"  # noqa: S105 - AWS's own example
    checks = (
        Check("check.a", "pass"),
        Check("check.b", "fail", (f"key {secret}",)),
        Check("check.c", "unknown"),
        Check("check.d", "error"),
    )
    failed = review_plan(Plan("production", "production", "1.11.4", checks=checks)).checks
    assert [check.address for check in failed] == ["check.b", "check.d"]
    assert secret not in str(failed)


@pytest.mark.parametrize(
    ("stack", "verdict"),
    [
        (StackInput(plan()), Verdict.NO_CHANGES),
        (StackInput(plan(create("aws_route", {"a": 1}))), Verdict.CHANGES),
        (StackInput(plan(moved())), Verdict.CHANGES),
        (StackInput(plan(delete("aws_kms_key", {"id": "k"}))), Verdict.DANGER),
        (StackInput(plan(delete("aws_kms_key", {"id": "k"})), PolicyDelta(1, new=(FOUND,))), Verdict.POLICY),
        (StackInput(plan(), PolicyDelta(1, lost_addresses=("a.b",))), Verdict.POLICY),
        (StackInput(plan(), PolicyDelta(1, snapshot_updates=("a.b differs",))), Verdict.NO_CHANGES),
        (
            StackInput(
                plan(create("aws_route", {"a": 1})), PolicyDelta(1, snapshot_updates=("a.b differs",))
            ),
            Verdict.CHANGES,
        ),
        (StackInput(plan(), PolicyDelta(1, existing=1)), Verdict.POLICY),
        (StackInput(plan(), PolicyDelta(1, fixed=1)), Verdict.NO_CHANGES),
        (StackInput(Plan("a", "a", "1", is_errored=True)), Verdict.PARTIAL),
        (StackInput(Plan("a", "a", "1", is_complete=False)), Verdict.PARTIAL),
        (StackInput(Plan("a", "a", "1", is_errored=True), PolicyDelta(1, existing=1)), Verdict.PARTIAL),
        (
            StackInput(replace(plan(delete("aws_kms_key", {"id": "k"})), is_complete=False)),
            Verdict.PARTIAL,
        ),
        (StackInput(Plan("a", "a", "1", checks=(Check("check.a", "fail"),))), Verdict.CHANGES),
        (StackInput(Plan("a", "a", "1", checks=(Check("check.a", "pass"),))), Verdict.NO_CHANGES),
    ],
)
def test_the_verdict_is_the_most_severe_one(stack: StackInput, verdict: Verdict) -> None:
    assert build_review([stack]).verdict is verdict


@given(st.permutations([create("aws_route", {"a": 1}), delete("aws_kms_key", {"id": "k"}), moved()]))
def test_the_order_of_a_plan_does_not_matter(rows: list[ResourceChange]) -> None:
    assert review_plan(plan(*rows)) == review_plan(plan(*sorted(rows, key=lambda each: each.address)))


def test_the_fingerprints_equal_those_of_a_deployment() -> None:
    one, other = plan(create("aws_route", {"a": 1})), Plan("dev", "dev", "1.11.4")
    review = build_review([StackInput(one), StackInput(other)], commit="abc", base="def")
    assert review.fingerprint == fingerprint([one, other])
    assert [stack.fingerprint for stack in review.stacks] == [fingerprint([one]), fingerprint([other])]
    assert (review.commit, review.base) == ("abc", "def")
