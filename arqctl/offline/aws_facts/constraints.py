"""What a published shape says of an argument, as far as both have the same form."""

from dataclasses import replace
from typing import TypeVar

from arqctl.offline.aws_facts.schema_mapping import Pair, inside
from arqctl.offline.aws_facts.shapes import Shape
from arqctl.offline.facts import Constraint
from arqctl.offline.schema.model import NUMBER, STRING, Collection, NestedBlock, Nesting, Type

_Number = TypeVar("_Number", int, float)


def fitting(pair: Pair) -> Constraint | None:
    """The constraint on an argument; None where the shape has none, or speaks of another form of value.

    Terraform has a number where AWS has a text at times, a list where AWS has an object, and so on: then
    nothing can be said. Nor is anything said of an argument whose name only resembles AWS's.
    """
    if not pair.same:
        return None
    if inside(pair.argument) is not None:
        return _counted(pair)
    if isinstance(pair.argument, NestedBlock):
        return None
    type_ = pair.argument.type
    if isinstance(type_, Collection):
        return _collected(type_, pair.shape)
    return _plain(type_, pair.shape)


def merged(one: Constraint, other: Constraint) -> Constraint:
    """What both publishers let pass, and what either does where the other is silent: the looser of each.

    `one` is the newer: where it has a pattern instead of a list of values, the other's list is out of date.
    """
    listed = other.values if one.values or not one.pattern else ()
    return Constraint(
        source=one.source,
        values=tuple(dict.fromkeys((*one.values, *listed))),
        pattern=one.pattern or other.pattern,
        min_length=_least(one.min_length, other.min_length),
        max_length=_most(one.max_length, other.max_length),
        minimum=_least(one.minimum, other.minimum),
        maximum=_most(one.maximum, other.maximum),
        min_items=_least(one.min_items, other.min_items),
        max_items=_most(one.max_items, other.max_items),
    )


def _counted(pair: Pair) -> Constraint | None:
    """How many blocks there may be; a block that stands once says nothing."""
    argument, constraint = pair.argument, pair.shape.constraint
    single = isinstance(argument, NestedBlock) and argument.nesting is Nesting.SINGLE
    return constraint if pair.shape.kind == "array" and not single else None


def _collected(type_: Collection, shape: Shape) -> Constraint | None:
    if type_.kind == "map" or shape.kind != "array" or shape.element is None:
        return None
    count, each = shape.constraint, _plain(type_.element, shape.element())
    if count is None or each is None:
        return count or each
    return replace(each, min_items=count.min_items, max_items=count.max_items)


def _plain(type_: Type, shape: Shape) -> Constraint | None:
    alike = (type_ == STRING and shape.kind in ("string", "number")) or (
        type_ == NUMBER and shape.kind == "number"
    )
    return shape.constraint if alike else None


def _least(one: _Number | None, other: _Number | None) -> _Number | None:
    return min(one, other) if one is not None and other is not None else other if one is None else one


def _most(one: _Number | None, other: _Number | None) -> _Number | None:
    return max(one, other) if one is not None and other is not None else other if one is None else one
