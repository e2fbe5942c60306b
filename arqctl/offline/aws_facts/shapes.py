"""The form of a value as AWS publishes it, the same whether CloudFormation or an API's model says so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from arqctl.offline.facts import Constraint

Kind = Literal["object", "array", "map", "string", "number", "boolean", "other"]
SCALARS: frozenset[Kind] = frozenset({"string", "number", "boolean"})


@dataclass(frozen=True, slots=True)
class Shape:
    """One value: its kind, what it may hold, and what becomes of its resource when it changes.

    `members` (of an object) and `element` (of an array or map) are worked out when they are called, since
    shapes may contain themselves. `secret` says that AWS keeps the value to itself, `fixed` that AWS can't
    change it without a new resource, `answered` that AWS alone sets it.
    """

    kind: Kind
    constraint: Constraint | None = None
    secret: bool = False
    fixed: bool = False
    answered: bool = False
    members: "Callable[[], Mapping[str, Shape]]" = dict
    element: "Callable[[], Shape] | None" = None


def object_within(shape: Shape) -> Shape | None:
    """The object that a block stands for: the shape itself, or what its list or map holds."""
    if shape.kind == "object":
        return shape
    if shape.kind in ("array", "map") and shape.element is not None:
        return object_within(shape.element())
    return None
