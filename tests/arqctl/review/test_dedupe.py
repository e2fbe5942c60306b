"""Values that differ only in the environment's own name are grouped."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from arqctl.review.dedupe import ENVIRONMENT_PLACEHOLDER, group_equal, group_stacks
from arqctl.review.model import Cost, Counts, PolicyDelta, StackReview
from tests.arqctl.review.markdown.reviews import changed, danger, difference, everything, finding, stack


def names(*stacks: StackReview) -> list[list[str]]:
    return [[each.stack for each in group.stacks] for group in group_stacks(stacks)]


def changing(name: str, after: str) -> StackReview:
    return stack(name, changes=(changed("aws_route.main", difference(after=after)),))


def test_stacks_with_equal_changes_are_grouped_in_the_given_order() -> None:
    dev, staging, production = everything("dev"), everything("staging"), everything("production")
    assert names(production, dev, stack("other"), staging) == [["production", "dev", "staging"], ["other"]]


def test_the_environments_name_as_a_word_is_no_difference() -> None:
    one, other = (
        changing("dev", "arq-dev-orders_dev"),
        changing("production", "arq-production-orders_production"),
    )
    (group,) = group_stacks([one, other])
    assert (
        group.value.changes[0].differences[0].after
        == f"arq-{ENVIRONMENT_PLACEHOLDER}-orders_{ENVIRONMENT_PLACEHOLDER}"
    )


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
def test_any_other_difference_separates_stacks(dev: str, production: str) -> None:
    assert names(changing("dev", dev), changing("production", production)) == [["dev"], ["production"]]


def test_second_stacks_of_environments_are_grouped_too() -> None:
    stacks = [changing(name, name) for name in ("dev", "dev-platform", "staging", "staging-platform")]
    assert names(*stacks) == [["dev", "staging"], ["dev-platform", "staging-platform"]]


@pytest.mark.parametrize(
    "more",
    [
        {"fingerprint": "another"},
        {"cost": Cost(Decimal(1), None, 100, 0, date(2026, 11, 1))},
        {"diagram": "flowchart"},
    ],
)
def test_fingerprints_costs_and_diagrams_do_not_separate_stacks(more: dict[str, object]) -> None:
    assert names(stack("dev"), stack("production", **more)) == [["dev", "production"]]


@pytest.mark.parametrize(
    "more",
    [
        {"counts": Counts(create=1)},
        {"dangers": (danger(),)},
        {"is_errored": True},
        {"is_simulated": True},
        {"unrelated_drift": 1},
        {"policy": PolicyDelta(1)},
    ],
)
def test_other_fields_separate_stacks(more: dict[str, object]) -> None:
    assert names(stack("dev"), stack("production", **more)) == [["dev"], ["production"]]


def test_passed_rules_do_not_separate_stacks_and_findings_do() -> None:
    passed = [stack(name, policy=PolicyDelta(number)) for number, name in enumerate(("dev", "production"))]
    assert names(*passed) == [["dev", "production"]]
    found = [
        stack(name, policy=PolicyDelta(1, new=(finding(path=f"{name}/a"),))) for name in ("dev", "production")
    ]
    assert names(*found) == [["dev", "production"]]
    assert names(found[0], passed[1]) == [["dev"], ["production"]]


def test_a_value_of_one_stack_keeps_the_environments_name() -> None:
    found = group_equal([changing("dev", "dev"), stack("production")], lambda each: each.changes)
    assert [each.value.differences[0].after for each in found] == ["dev"]


def test_equal_rows_of_one_stack_name_the_stack_once() -> None:
    (found,) = group_equal([stack("dev", dangers=(danger(), danger())), stack()], lambda each: each.dangers)
    assert [each.stack for each in found.stacks] == ["dev"]


def test_equal_rows_of_different_stacks_are_grouped() -> None:
    dev = stack("dev", dangers=(danger(), danger("aws_kms_key.dev", "keys")))
    production = replace(stack(dangers=(danger(),)), counts=Counts(create=3))
    found = group_equal([dev, production], lambda each: each.dangers)
    assert [(each.value.address, [every.stack for every in each.stacks]) for each in found] == [
        ("aws_db_instance.main", ["dev", "production"]),
        ("aws_kms_key.dev", ["dev"]),
    ]


def test_an_environment_without_a_name_has_no_placeholder() -> None:
    assert len(group_stacks([stack(""), replace(stack(""), stack="b")])) == 2
