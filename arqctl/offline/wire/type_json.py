"""Terraform's notation of types: `"string"`, `["list", "string"]`, `["object", {"name": "string"}]`."""

import json

from arqctl.offline.types import BOOL, DYNAMIC, NUMBER, STRING, Collection, Object, Primitive, Type

TypeJson = str | list["TypeJson"] | dict[str, "TypeJson"]

_PRIMITIVES = {each.name: each for each in (STRING, NUMBER, BOOL, DYNAMIC)}


def type_json(type: Type) -> TypeJson:
    """Return a type in Terraform's notation."""
    if isinstance(type, Primitive):
        return type.name
    if isinstance(type, Collection):
        return [type.kind, type_json(type.element)]
    return ["object", {name: type_json(each) for name, each in type.attributes.items()}]


def type_bytes(type: Type) -> bytes:
    """Return a type as encoded in a schema message."""
    return compact(type_json(type)).encode()


def compact(value: object) -> str:
    """Return JSON in Terraform's format: sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def type_of_json(notation: TypeJson) -> Type:
    """Parse a type notation. Optional attributes of an object lose that mark.

    Raises:
        ValueError: for a tuple, which no schema contains, or an invalid notation.
    """
    match notation:
        case str() if notation in _PRIMITIVES:
            return _PRIMITIVES[notation]
        case [("list" | "set" | "map") as kind, element]:
            return Collection(kind, type_of_json(element))
        case ["object", dict(attributes), *_]:
            return Object({name: type_of_json(each) for name, each in attributes.items()})
    raise ValueError(f"not a schema type: {compact(notation)}")
