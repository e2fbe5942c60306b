"""Terraform's type system: primitives, collections and objects."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Primitive:
    """A type without parts. A value of type `dynamic` carries its own type."""

    name: Literal["string", "number", "bool", "dynamic"]


@dataclass(frozen=True, slots=True)
class Collection:
    """Any number of values of one type: ordered (list), unordered and unique (set), or by key (map)."""

    kind: Literal["list", "set", "map"]
    element: "Type"


@dataclass(frozen=True, slots=True)
class Object:
    """Named attributes, each with its own type."""

    attributes: Mapping[str, "Type"]


Type = Primitive | Collection | Object

STRING = Primitive("string")
NUMBER = Primitive("number")
BOOL = Primitive("bool")
DYNAMIC = Primitive("dynamic")
