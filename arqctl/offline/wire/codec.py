"""Encodes and decodes Terraform's values: msgpack on the wire, JSON in the state file.

msgpack's own packer does most of the work. Only numbers and values of dynamic type need a conversion, so a
type without them costs nothing extra.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final, cast

import msgpack

from arqctl.offline.types import DYNAMIC, NUMBER, Collection, Primitive, Type
from arqctl.offline.values import UNKNOWN, Unknown, Value
from arqctl.offline.wire.type_json import compact

# Terraform rejects refinements of more than a kilobyte; a character has up to 4 bytes.
MAX_PREFIX_LENGTH: Final = 200

_PLAIN: Final = 0
_REFINED: Final = 12
_IS_NULL: Final = 1
_PREFIX: Final = 2

_Convert = Callable[[Value], Value]


@dataclass(frozen=True)
class Codec:
    """Decodes and encodes the values of one type. Reuse it: constructing one costs more than a call.

    Numbers that a float can't represent exactly are `Decimal`. A value of dynamic type is a list of its
    type's JSON text and the value. Sets are neither sorted nor deduplicated: Terraform does both.
    """

    type: Type

    def decode(self, data: bytes) -> Value:
        """Decode a value from msgpack. Of an unknown's refinements, keep the prefix and not-null."""
        return self._from_wire(cast("Value", msgpack.unpackb(data, ext_hook=_unknown)))

    def encode(self, value: Value) -> bytes:
        """Encode a value as msgpack. Terraform rejects missing and additional attributes."""
        return cast("bytes", msgpack.packb(self._to_wire(value), default=_packable))

    def from_json(self, data: bytes) -> Value:
        """Decode a value from JSON. Missing and additional attributes of an earlier schema stay."""
        return self._from_json(cast("Value", json.loads(data, parse_float=Decimal)))

    @cached_property
    def _from_wire(self) -> _Convert:
        return _converter(self.type, {NUMBER: _number, DYNAMIC: _dynamic_from_wire}) or _unchanged

    @cached_property
    def _to_wire(self) -> _Convert:
        return _converter(self.type, {DYNAMIC: _dynamic_to_wire}) or _unchanged

    @cached_property
    def _from_json(self) -> _Convert:
        return _converter(self.type, {DYNAMIC: _dynamic_from_json}) or _unchanged


def _converter(type: Type, leaves: Mapping[Primitive, _Convert]) -> _Convert | None:
    """Return a function that converts the leaves within a value of the type; None without leaves."""
    if isinstance(type, Primitive):
        return leaves.get(type)
    if isinstance(type, Collection):
        element = _converter(type.element, leaves)
        return element and _of_elements(element)
    parts = {name: _converter(each, leaves) for name, each in type.attributes.items()}
    needed = {name: part for name, part in parts.items() if part}
    return _of_attributes(needed) if needed else None


def _of_elements(element: _Convert) -> _Convert:
    def convert(value: Value) -> Value:
        if isinstance(value, list):
            return [element(each) for each in value]
        if isinstance(value, dict):
            return {key: element(each) for key, each in value.items()}
        return value

    return convert


def _of_attributes(parts: Mapping[str, _Convert]) -> _Convert:
    def convert(value: Value) -> Value:
        if not isinstance(value, dict):
            return value
        return value | {name: part(value[name]) for name, part in parts.items() if name in value}

    return convert


def _unchanged(value: Value) -> Value:
    return value


def _number(value: Value) -> Value:
    """Convert a number that Terraform writes as text because it exceeds 64 bits and floats."""
    if not isinstance(value, str):
        return value
    number = Decimal(value)
    return int(number) if number == number.to_integral_value() else number


def _dynamic_from_wire(value: Value) -> Value:
    if not isinstance(value, list):
        return value
    type, inner = cast("tuple[bytes, Value]", value)  # noqa: A001
    return [compact(json.loads(type)), inner]


def _dynamic_to_wire(value: Value) -> Value:
    if not isinstance(value, list):
        return value
    type, inner = cast("tuple[str, Value]", value)  # noqa: A001
    return cast("Value", [type.encode(), inner])


def _dynamic_from_json(value: Value) -> Value:
    return [compact(value["type"]), value["value"]] if isinstance(value, dict) else value


def _unknown(code: int, data: bytes) -> Unknown | None:
    """Decode an extension value: unknown for every code, with refinements for one."""
    if code != _REFINED or len(data) <= 1:
        return UNKNOWN
    known = msgpack.unpackb(data, strict_map_key=False)
    if known.get(_IS_NULL):
        return None
    prefix = known.get(_PREFIX, "")
    return Unknown(prefix, not_null=_IS_NULL in known or bool(prefix))


def _packable(value: object) -> object:
    if isinstance(value, Unknown):
        return _refined(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int):
        return str(value)
    message = f"not a Terraform value: {value!r}"
    raise TypeError(message)


def _refined(value: Unknown) -> msgpack.ExtType:
    known: dict[int, object] = {}
    if value.prefix or value.not_null:
        known[_IS_NULL] = False
    if value.prefix:
        known[_PREFIX] = value.prefix[:MAX_PREFIX_LENGTH]
    return msgpack.ExtType(_REFINED, msgpack.packb(known)) if known else msgpack.ExtType(_PLAIN, b"\0")
