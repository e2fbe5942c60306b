"""Whether a value is what its type says, throughout: known, and nowhere null."""

from decimal import Decimal

from arqctl.offline.types import Collection, Object, Primitive, Type
from arqctl.offline.values import Value


def misshapen(value: Value, type: Type) -> bool:
    if isinstance(type, Object):
        return (
            not isinstance(value, dict)
            or set(value) != set(type.attributes)
            or any(misshapen(value[name], each) for name, each in type.attributes.items())
        )
    if isinstance(type, Collection):
        kind = dict if type.kind == "map" else list
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return not isinstance(value, kind) or any(misshapen(each, type.element) for each in parts)
    return _misshapen(value, type)


def _misshapen(value: Value, type: Primitive) -> bool:
    if type.name == "dynamic":
        return value is None
    if type.name == "number":
        return isinstance(value, bool) or not isinstance(value, int | float | Decimal)
    return value is None or not isinstance(value, bool if type.name == "bool" else str)
