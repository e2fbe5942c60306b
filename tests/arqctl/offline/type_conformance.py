"""Checks that a value has its type at every depth, without unknown and null values."""

from decimal import Decimal

from arqctl.offline.types import Collection, Object, Primitive, Type
from arqctl.offline.values import Value


def violates_type(value: Value, type: Type) -> bool:
    if isinstance(type, Object):
        return (
            not isinstance(value, dict)
            or set(value) != set(type.attributes)
            or any(violates_type(value[name], each) for name, each in type.attributes.items())
        )
    if isinstance(type, Collection):
        kind = dict if type.kind == "map" else list
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return not isinstance(value, kind) or any(violates_type(each, type.element) for each in parts)
    return _violates_primitive(value, type)


def _violates_primitive(value: Value, type: Primitive) -> bool:
    if type.name == "dynamic":
        return value is None
    if type.name == "number":
        return isinstance(value, bool) or not isinstance(value, int | float | Decimal)
    return value is None or not isinstance(value, bool if type.name == "bool" else str)
