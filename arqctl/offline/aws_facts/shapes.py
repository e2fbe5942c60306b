"""Shape of a value as AWS publishes it, common to CloudFormation's schemas and API models."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from arqctl.offline.facts import Constraint

Kind = Literal["object", "array", "map", "string", "number", "boolean", "other"]
SCALARS: frozenset[Kind] = frozenset({"string", "number", "boolean"})


@dataclass(frozen=True, slots=True)
class Shape:
    """Kind, constraint and properties of one value.

    `members` (of an object) and `element` (of an array or map) are functions, as shapes may be recursive.
    `sensitive`: AWS doesn't return the value. `create_only`: a change forces replacement. `read_only`: only
    AWS sets it.
    """

    kind: Kind
    constraint: Constraint | None = None
    sensitive: bool = False
    create_only: bool = False
    read_only: bool = False
    members: "Callable[[], Mapping[str, Shape]]" = dict
    element: "Callable[[], Shape] | None" = None


def object_within(shape: Shape) -> Shape | None:
    """Return the object that a block describes: the shape itself, or the element of its list or map."""
    if shape.kind == "object":
        return shape
    if shape.kind in ("array", "map") and shape.element is not None:
        return object_within(shape.element())
    return None
