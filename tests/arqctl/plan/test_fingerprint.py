"""Plans have equal fingerprints exactly if they have equal effects."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.core.json_access import Json
from arqctl.plan.fingerprint import fingerprint
from arqctl.plan.model import Action, Change, Plan, ResourceChange
from arqctl.plan.parser import read_plan


def plan(*changes: ResourceChange, stack: str = "production") -> Plan:
    return Plan(stack, "production", "1.11.4", changes)


def update(before: Json, after: Json, unknown: Json = False) -> ResourceChange:
    change = Change(Action.UPDATE, before, after, unknown)
    return ResourceChange("aws_db_instance.main", "aws_db_instance", "production/database/Default", change)


LARGER = update({"class": "small", "tags": {"a": "1"}}, {"class": "large", "tags": {"a": "1"}})


def test_a_fingerprint_has_32_digits() -> None:
    assert len(fingerprint([plan(LARGER)])) == 32


def test_tools_times_and_unchanged_values_do_not_count() -> None:
    other = update(
        {"class": "small", "tags": {"a": "1"}, "status": "old"},
        {"class": "large", "tags": {"a": "1"}, "status": "old"},
    )
    later = replace(plan(other), terraform="1.15.0", is_simulated=True)
    assert fingerprint([later]) == fingerprint([plan(LARGER)])


def test_order_does_not_count() -> None:
    one, two = LARGER, replace(LARGER, address="aws_db_instance.other")
    assert fingerprint([plan(one, two)]) == fingerprint([plan(two, one)])
    first, second = plan(one, stack="a"), plan(two, stack="b")
    assert fingerprint([first, second]) == fingerprint([second, first])


@pytest.mark.parametrize(
    "other",
    [
        update({"class": "small"}, {"class": "huge"}),
        update({"class": "medium"}, {"class": "large"}),
        update({"class": "small"}, {}, {"class": True}),
        update({"class": "small"}, {"class": "large", "more": 1}),
        replace(LARGER, address="aws_db_instance.other"),
        replace(LARGER, deposed="1a2b3c4d"),
        replace(LARGER, previous_address="aws_db_instance.old"),
        replace(LARGER, importing="main"),
        replace(LARGER, change=replace(LARGER.change, action=Action.DELETE_THEN_CREATE)),
        replace(LARGER, change=replace(LARGER.change, action=Action.DELETE)),
    ],
)
def test_every_different_effect_counts(other: ResourceChange) -> None:
    assert fingerprint([plan(other)]) != fingerprint([plan(LARGER)])


def test_another_stack_counts() -> None:
    assert fingerprint([plan(LARGER, stack="dev")]) != fingerprint([plan(LARGER)])


def test_an_errored_plan_has_another_fingerprint() -> None:
    assert fingerprint([replace(plan(LARGER), is_errored=True)]) != fingerprint([plan(LARGER)])


def test_reads_do_not_count() -> None:
    read = replace(LARGER, mode="data", change=Change(Action.READ, None, {"id": "x"}))
    assert fingerprint([plan(LARGER, read)]) == fingerprint([plan(LARGER)])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(value=VALUES)
def test_an_equal_value_is_no_effect(value: Json) -> None:
    nothing = plan(update({}, {}))
    assert fingerprint([plan(update({"a": value}, {"a": value}))]) == fingerprint([nothing])


@given(before=st.text(min_size=1), after=st.text(min_size=1))
def test_a_changed_value_is_an_effect(before: str, after: str) -> None:
    nothing, something = plan(update({}, {})), plan(update({"a": before}, {"a": after}))
    assert (fingerprint([something]) == fingerprint([nothing])) == (before == after)


def test_a_removed_output_is_an_effect() -> None:
    gone = Plan("dev", "dev", "1", outputs=(("url", Change(Action.DELETE, before="https://a")),))
    assert fingerprint([gone]) != fingerprint([Plan("dev", "dev", "1")])


def test_the_fingerprint_of_a_plan_never_changes() -> None:
    file = Path(__file__).parents[1] / "review" / "plans" / "every_action.json"
    text = file.read_text(encoding="utf-8")
    golden = read_plan(text, stack="production", environment="production", paths={})
    assert fingerprint([golden]) == "62175e2af8cf5e0d849e298fb75cb1f5"
