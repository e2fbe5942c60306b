"""Encoding and decoding of all values that Terraform supports."""

import json
from decimal import Decimal

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.offline.types import BOOL, DYNAMIC, NUMBER, STRING, Collection, Object, Type
from arqctl.offline.values import UNKNOWN, Unknown, Value
from arqctl.offline.wire.codec import MAX_PREFIX_LENGTH, Codec
from arqctl.offline.wire.type_json import compact, type_bytes, type_json, type_of_json

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_PRECISE = st.decimals(allow_nan=False, allow_infinity=False, places=30).filter(lambda each: each % 1 != 0)
_NUMBERS = st.integers() | st.integers(-(10**40), 10**40) | st.floats(allow_nan=False) | _PRECISE
_UNKNOWN = st.sampled_from([UNKNOWN, Unknown(not_null=True)])
_PREFIXED = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=MAX_PREFIX_LENGTH).map(
    lambda prefix: Unknown(prefix, not_null=True)
)
_TYPES: st.SearchStrategy[Type] = st.recursive(
    st.sampled_from([STRING, NUMBER, BOOL, DYNAMIC]),
    lambda inner: (
        st.builds(Collection, st.sampled_from(["list", "set", "map"]), inner)
        | st.builds(Object, st.dictionaries(_TEXTS, inner, max_size=4))
    ),
    max_leaves=8,
)


def _values(type_: Type) -> st.SearchStrategy[Value]:
    """Return a strategy for known and unknown values of a type."""
    return st.none() | _UNKNOWN | _known(type_)


def _known(type_: Type) -> st.SearchStrategy[Value]:
    match type_:
        case Object(attributes):
            return st.fixed_dictionaries({name: _values(each) for name, each in attributes.items()})
        case Collection("map", element):
            return st.dictionaries(_TEXTS, _values(element), max_size=4)
        case Collection(_, element):
            return st.lists(_values(element), max_size=4)
    if type_ == DYNAMIC:
        inner = _TYPES.filter(lambda each: DYNAMIC.name not in type_bytes(each).decode())
        return inner.flatmap(lambda each: _values(each).map(lambda value: [type_bytes(each).decode(), value]))
    return {STRING: _TEXTS | _PREFIXED, NUMBER: _NUMBERS, BOOL: st.booleans()}[type_]


_TYPED = _TYPES.flatmap(lambda type_: st.tuples(st.just(type_), _values(type_)))


@given(_TYPED)
def test_decoding_reverses_encoding(typed: tuple[Type, Value]) -> None:
    type_, value = typed
    codec = Codec(type_)
    if "dynamic" in type_bytes(type_).decode():
        # Inside a dynamic value, numbers beyond a float stay as they are on the wire.
        assert codec.encode(codec.decode(codec.encode(value))) == codec.encode(value)
    else:
        assert codec.decode(codec.encode(value)) == value


@given(_TYPED)
def test_encoding_does_not_change_the_value(typed: tuple[Type, Value]) -> None:
    type_, value = typed
    before = repr(value)
    Codec(type_).encode(value)
    assert repr(value) == before


@given(_TYPES)
def test_parsing_a_type_reverses_writing_it(type_: Type) -> None:
    assert type_of_json(type_json(type_)) == type_
    assert type_of_json(json.loads(type_bytes(type_))) == type_


def test_optional_attributes_in_a_type_are_ignored() -> None:
    assert type_of_json(["object", {"a": "string"}, ["a"]]) == Object({"a": STRING})
    with pytest.raises(ValueError, match="not a schema type"):
        type_of_json(["tuple", ["string"]])


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (2**64 - 1, 2**64 - 1),
        (2**64, str(2**64)),
        (-(2**63) - 1, str(-(2**63) - 1)),
        (0.5, 0.5),
        (Decimal("0.1"), "0.1"),
        (Decimal("1E+3"), "1000"),
    ],
)
def test_numbers_keep_every_digit(value: Value, encoded: object) -> None:
    data = Codec(NUMBER).encode(value)
    assert msgpack.unpackb(data) == encoded
    assert Codec(NUMBER).decode(data) == value


def test_numeric_text_stays_text() -> None:
    codec = Codec(Object({"text": STRING, "number": NUMBER}))
    assert codec.decode(msgpack.packb({"text": "1", "number": "1"})) == {"text": "1", "number": 1}


def _extension(code: int, known: dict[int, object]) -> bytes:
    return bytes(msgpack.packb(msgpack.ExtType(code, msgpack.packb(known))))


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"\xd4\x00\x00", UNKNOWN),
        (b"\xc7\x00\x0c", UNKNOWN),
        (_extension(12, {1: False}), Unknown(not_null=True)),
        (_extension(12, {1: False, 2: "vpc-"}), Unknown("vpc-", not_null=True)),
        (_extension(12, {2: "vpc-", 99: ["later"]}), Unknown("vpc-", not_null=True)),
        (_extension(12, {1: False, 3: [1, True], 4: ["2.5", False]}), Unknown(not_null=True)),
        (_extension(12, {5: 1, 6: 4}), UNKNOWN),
        (_extension(12, {1: True}), None),
        (_extension(77, {1: False}), UNKNOWN),
    ],
)
def test_refinements_of_unknown_values_are_decoded(data: bytes, value: Value) -> None:
    assert Codec(STRING).decode(data) == value


def test_an_unknown_value_without_refinements_has_the_short_form() -> None:
    assert Codec(STRING).encode(UNKNOWN) == b"\xd4\x00\x00"


def test_a_prefix_is_truncated_to_terraforms_limit() -> None:
    data = Codec(STRING).encode(Unknown("\U0001f600" * 5000))
    assert len(data) < 1024
    assert Codec(STRING).decode(data) == Unknown("\U0001f600" * MAX_PREFIX_LENGTH, not_null=True)


def test_state_json_is_decoded_without_loss() -> None:
    codec = Codec(Object({"any": DYNAMIC, "size": NUMBER, "new": STRING}))
    stored = '{"any":{"type":["list", "string"],"value":["x"]},"size":0.1,"gone":12345678901234567890123}'
    assert codec.from_json(stored.encode()) == {
        "any": [compact(["list", "string"]), ["x"]],
        "size": Decimal("0.1"),
        "gone": 12345678901234567890123,
    }


def test_a_value_of_an_unknown_type_is_rejected() -> None:
    with pytest.raises(TypeError, match="not a Terraform value"):
        Codec(STRING).encode(object())  # type: ignore[arg-type] # a bug in a provider
