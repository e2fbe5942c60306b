"""Terraform's notation of types: `"string"`, `["list", "string"]`, `["object", {"name": "string"}]`."""

import json

from arqctl.offline.types import BOOL, DYNAMIC, NUMBER, STRING, Collection, Object, Primitive, Type

TypeJson = str | list["TypeJson"] | dict[str, "TypeJson"]

_PRIMITIVES = {each.name: each for each in (STRING, NUMBER, BOOL, DYNAMIC)}


def type_json(type: Type) -> TypeJson:
    """A type in Terraform's notation."""
    if isinstance(type, Primitive):
        return type.name
    if isinstance(type, Collection):
        return [type.kind, type_json(type.element)]
    return ["object", {name: type_json(each) for name, each in type.attributes.items()}]


def type_bytes(type: Type) -> bytes:
    """A type as a schema carries it."""
    return compact(type_json(type)).encode()


def compact(value: object) -> str:
    """JSON as Terraform writes it: sorted by name, without blanks."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def type_of_json(notation: TypeJson) -> Type:
    """The type that a notation means. Which attributes of an object are optional is not kept.

    Raises:
        ValueError: for a tuple, which no schema has, or what is no type.
    """
    match notation:
        case str() if notation in _PRIMITIVES:
            return _PRIMITIVES[notation]
        case [("list" | "set" | "map") as kind, element]:
            return Collection(kind, type_of_json(element))
        case ["object", dict(attributes), *_]:
            return Object({name: type_of_json(each) for name, each in attributes.items()})
    raise ValueError(f"no type of a schema: {compact(notation)}")
