"""What is alike is told once; what differs in anything but the environment's own name is told apart."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from arqctl.review.dedupe import OWN_NAME, group_equal, group_stacks
from arqctl.review.model import Cost, Counts, PolicyDelta, StackReview
from tests.arqctl.review.markdown.reviews import changed, danger, difference, everything, finding, stack


def names(*stacks: StackReview) -> list[list[str]]:
    return [[each.stack for each in group.stacks] for group in group_stacks(stacks)]


def changing(name: str, after: str) -> StackReview:
    return stack(name, changes=(changed("aws_route.main", difference(after=after)),))


def test_stacks_that_change_alike_are_one_in_the_order_given() -> None:
    dev, staging, production = everything("dev"), everything("staging"), everything("production")
    assert names(production, dev, stack("other"), staging) == [["production", "dev", "staging"], ["other"]]


def test_the_own_name_is_no_difference_wherever_it_is_a_word() -> None:
    one, other = (
        changing("dev", "arq-dev-orders_dev"),
        changing("production", "arq-production-orders_production"),
    )
    (group,) = group_stacks([one, other])
    assert group.told.changes[0].differences[0].after == f"arq-{OWN_NAME}-orders_{OWN_NAME}"


@pytest.mark.parametrize(
    ("dev", "production"),
    [
        ("a", "b"),
        ("device", "productionice"),
        ("dev", "dev"),
        ("production", "production"),
        ("dev", "production "),
    ],
)
def test_any_other_difference_tells_them_apart(dev: str, production: str) -> None:
    assert names(changing("dev", dev), changing("production", production)) == [["dev"], ["production"]]


def test_the_second_stack_of_an_environment_is_merged_with_its_like() -> None:
    stacks = [changing(name, name) for name in ("dev", "dev-platform", "staging", "staging-platform")]
    assert names(*stacks) == [["dev", "staging"], ["dev-platform", "staging-platform"]]


@pytest.mark.parametrize(
    "more",
    [
        {"fingerprint": "another"},
        {"cost": Cost(Decimal(1), None, 100, 0, date(2026, 11, 1))},
        {"picture": "flowchart"},
    ],
)
def test_what_is_told_of_each_stack_anyway_does_not_part_them(more: dict[str, object]) -> None:
    assert names(stack("dev"), stack("production", **more)) == [["dev", "production"]]


@pytest.mark.parametrize(
    "more",
    [
        {"counts": Counts(add=1)},
        {"dangers": (danger(),)},
        {"is_errored": True},
        {"is_simulated": True},
        {"drift_left_out": 1},
        {"judged": PolicyDelta(1)},
    ],
)
def test_anything_else_does(more: dict[str, object]) -> None:
    assert names(stack("dev"), stack("production", **more)) == [["dev"], ["production"]]


def test_what_passed_the_gate_is_no_difference_and_what_did_not_is() -> None:
    passed = [stack(name, judged=PolicyDelta(number)) for number, name in enumerate(("dev", "production"))]
    assert names(*passed) == [["dev", "production"]]
    found = [
        stack(name, judged=PolicyDelta(1, new=(finding(path=f"{name}/a"),))) for name in ("dev", "production")
    ]
    assert names(*found) == [["dev", "production"]]
    assert names(found[0], passed[1]) == [["dev"], ["production"]]


def test_what_one_stack_has_alone_keeps_its_own_words() -> None:
    told = group_equal([changing("dev", "dev"), stack("production")], lambda each: each.changes)
    assert [each.told.differences[0].after for each in told] == ["dev"]


def test_equal_rows_of_one_stack_are_that_stack_once() -> None:
    (found,) = group_equal([stack("dev", dangers=(danger(), danger())), stack()], lambda each: each.dangers)
    assert [each.stack for each in found.stacks] == ["dev"]


def test_of_stacks_that_differ_the_rows_that_are_alike_are_told_once() -> None:
    dev = stack("dev", dangers=(danger(), danger("aws_kms_key.dev", "keys")))
    production = replace(stack(dangers=(danger(),)), counts=Counts(add=3))
    found = group_equal([dev, production], lambda each: each.dangers)
    assert [(each.told.address, [every.stack for every in each.stacks]) for each in found] == [
        ("aws_db_instance.main", ["dev", "production"]),
        ("aws_kms_key.dev", ["dev"]),
    ]


def test_an_environment_without_a_name_has_none_to_replace() -> None:
    assert len(group_stacks([stack(""), replace(stack(""), stack="b")])) == 2
