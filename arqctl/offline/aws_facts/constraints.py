"""Derives an argument's constraint from its published shape."""

from dataclasses import replace
from typing import TypeVar

from arqctl.offline.aws_facts.schema_mapping import ArgumentMapping, nested_schema
from arqctl.offline.aws_facts.shapes import Shape
from arqctl.offline.facts import Constraint
from arqctl.offline.schema.model import NestedBlock, Nesting
from arqctl.offline.types import NUMBER, STRING, Collection, Type

_Number = TypeVar("_Number", int, float)


def constraint_for(mapping: ArgumentMapping) -> Constraint | None:
    """Return the constraint on an argument, or None.

    It is None in three cases:

    - The shape has no constraint.
    - Terraform and AWS use different kinds of values: a number and a string, or a list and an object.
    - The names only resemble each other.
    """
    if not mapping.is_exact:
        return None
    if nested_schema(mapping.argument) is not None:
        return _block_count(mapping)
    if isinstance(mapping.argument, NestedBlock):
        return None
    type_ = mapping.argument.type
    if isinstance(type_, Collection):
        return _collection(type_, mapping.shape)
    return _primitive(type_, mapping.shape)


def merge(one: Constraint, other: Constraint) -> Constraint:
    """Merge two sources' constraints into the looser one.

    `one` is the newer source: if it has a pattern instead of a list of values, the other's list is outdated.
    """
    listed = other.values if one.values or not one.pattern else ()
    return Constraint(
        source=one.source,
        values=tuple(dict.fromkeys((*one.values, *listed))),
        pattern=one.pattern or other.pattern,
        min_length=_min_known(one.min_length, other.min_length),
        max_length=_max_known(one.max_length, other.max_length),
        minimum=_min_known(one.minimum, other.minimum),
        maximum=_max_known(one.maximum, other.maximum),
        min_items=_min_known(one.min_items, other.min_items),
        max_items=_max_known(one.max_items, other.max_items),
    )


def _block_count(mapping: ArgumentMapping) -> Constraint | None:
    """Return the constraint on the number of blocks; a single block has none."""
    argument, constraint = mapping.argument, mapping.shape.constraint
    single = isinstance(argument, NestedBlock) and argument.nesting is Nesting.SINGLE
    return constraint if mapping.shape.kind == "array" and not single else None


def _collection(type_: Collection, shape: Shape) -> Constraint | None:
    if type_.kind == "map" or shape.kind != "array" or shape.element is None:
        return None
    count, each = shape.constraint, _primitive(type_.element, shape.element())
    if count is None or each is None:
        return count or each
    return replace(each, min_items=count.min_items, max_items=count.max_items)


def _primitive(type_: Type, shape: Shape) -> Constraint | None:
    is_same_kind = (type_ == STRING and shape.kind in ("string", "number")) or (
        type_ == NUMBER and shape.kind == "number"
    )
    return shape.constraint if is_same_kind else None


def _min_known(one: _Number | None, other: _Number | None) -> _Number | None:
    return min(one, other) if one is not None and other is not None else other if one is None else one


def _max_known(one: _Number | None, other: _Number | None) -> _Number | None:
    return max(one, other) if one is not None and other is not None else other if one is None else one
