"""Any JSON can be compared: differences are short, and empty only if the values are equal."""

import json
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from arqctl.core.json_access import Json
from arqctl.plan.diff import differences
from arqctl.plan.diff.difference import Difference
from arqctl.plan.model import Action, Change

NAMES = st.sampled_from(
    ["name", "tags", "policy", "password", "ingress", "Sid", "Statement", "value", "user_data", "x"]
)
BASE64 = "YSBsaW5lCmFuZCBhbm90aGVyIGxpbmUK"
TEXTS = st.sampled_from(["", "a", "--password", "a\nb", "a\nc\n", BASE64, '{"a": 1}', '["b"]', "[{}]"])
NUMBERS = st.integers(-3, 3) | st.floats(allow_nan=False, allow_infinity=False)
PLAIN = st.none() | st.booleans() | NUMBERS | TEXTS | st.text(max_size=20)


def _parts(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    documents = inner.map(json.dumps)
    lists = st.lists(inner, max_size=4)
    objects = st.dictionaries(NAMES | st.text(max_size=8), inner, max_size=4)
    return lists.map(list) | objects.map(dict) | documents


ANY: st.SearchStrategy[Json] = st.recursive(PLAIN, _parts, max_leaves=12)
MASKS: st.SearchStrategy[Json] = st.recursive(
    st.booleans(),
    lambda inner: st.lists(inner, max_size=3).map(list) | st.dictionaries(NAMES, inner, max_size=3).map(dict),
    max_leaves=6,
)
PATHS = st.lists(st.lists(NAMES | st.integers(0, 2) | ANY, max_size=3).map(tuple), max_size=2).map(tuple)
CHANGES = st.builds(Change, st.just(Action.UPDATE), ANY, ANY, MASKS, MASKS, MASKS, PATHS)


def texts(difference: Difference) -> Iterator[str]:
    yield from (difference.path, difference.before, difference.after, *difference.lines)


@given(CHANGES)
@settings(max_examples=500)
def test_differences_are_short_and_reproducible(change: Change) -> None:
    found = differences(change)
    assert found == differences(change)
    assert all(len(text) <= 500 for each in found for text in texts(each))
    assert all(each.before or each.after or each.lines for each in found)
    assert all(each.before != each.after or each.lines for each in found)
    assert all(len(text.splitlines()) < 2 for each in found for text in texts(each))


@given(ANY)
def test_equal_values_have_no_difference(value: Json) -> None:
    assert differences(Change(Action.UPDATE, value, json.loads(json.dumps(value)))) == ()


NUMBERS_AND_WORDS = (
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["a", "b", "c d", "e\nf"])
)
SIMPLE: st.SearchStrategy[Json] = st.recursive(
    NUMBERS_AND_WORDS,
    lambda inner: (
        st.lists(inner, max_size=3).map(list) | st.dictionaries(st.sampled_from("pqr"), inner).map(dict)
    ),
    max_leaves=8,
)


def settled(value: Json) -> object:
    """Return the value without parts that Terraform treats as absent, and with true different from 1."""
    if isinstance(value, dict):
        parts = {name: settled(part) for name, part in value.items()}
        return {name: part for name, part in parts.items() if part is not None} or None
    if isinstance(value, list):
        return [settled(part) for part in value] or None
    return (str(value),) if isinstance(value, bool) else value


@given(SIMPLE, SIMPLE)
@settings(max_examples=500)
def test_differences_are_reported_only_if_values_differ(before: Json, after: Json) -> None:
    differs = settled(before) != settled(after)
    assert bool(differences(Change(Action.UPDATE, before, after))) == differs
