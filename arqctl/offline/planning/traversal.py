"""Walks a block's schema and its value together."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from arqctl.offline.facts import Names
from arqctl.offline.schema.model import Attribute, Block, Nested, NestedBlock, Nesting
from arqctl.offline.types import Collection, Object, Primitive, Type
from arqctl.offline.values import Path, Unknown, Value

Fields = dict[str, Value]
"""The value of a block or an object, by attribute and block name."""


class Location(NamedTuple):
    """The path to a part of a value. It ends at the first set, whose elements have no path."""

    path: Path = ()
    ends_at_set: bool = False

    def to(self, step: str | int) -> "Location":
        """Return the location of an attribute, a block or an element within this one."""
        return self if self.ends_at_set else Location((*self.path, step))


ROOT: Final = Location()


class AttributeValue(NamedTuple):
    """One attribute with its value and path. `names` is `path` without indexes and keys.

    The attributes of an object-typed attribute have values of their own. Their schema is derived: they are
    optional or computed if the whole object is.
    """

    path: Path
    names: Names
    attribute: Attribute
    value: Value


def walk(
    block: Block, value: Value, location: Location = ROOT, names: Names = ()
) -> Iterator[AttributeValue]:
    """Yield every attribute at every depth of a block's value, parents before their parts.

    Unset attributes have the value None. Blocks that are absent or unknown yield nothing. The path of an
    attribute within a set ends at the set.
    """
    if not isinstance(value, dict):
        return
    for name, attribute in block.attributes.items():
        part = value.get(name)
        to = location.to(name)
        place = AttributeValue(to.path, (*names, name), attribute, part)
        yield place
        if part is not None and not isinstance(attribute.type, Primitive):
            yield from _parts(place, to)
    for name, nested in block.blocks.items():
        for at, element in elements(nested.nesting, value.get(name), location.to(name)):
            yield from walk(nested.block, element, at, (*names, name))


def has_parts(place: AttributeValue) -> bool:
    """Return whether an attribute has known parts, which `walk` yields separately."""
    return (
        place.value is not None
        and not isinstance(place.value, Unknown)
        and (place.attribute.nested is not None or _object_in(place.attribute.type) is not None)
    )


def elements(nesting: Nesting, value: Value, location: Location) -> Iterator[tuple[Location, Value]]:
    """Yield the known elements of a block or nested attribute, each with its location."""
    if nesting is Nesting.SINGLE:
        yield location, value
    elif isinstance(value, list):
        for number, element in enumerate(value):
            at = Location(location.path, ends_at_set=True) if nesting is Nesting.SET else location.to(number)
            yield at, element
    elif isinstance(value, dict):
        for key, element in value.items():
            yield location.to(key), element


def parts_of(child: Nested | NestedBlock) -> Block:
    """Return the schema of one element of a nested block or nested attribute."""
    return child.block if isinstance(child, NestedBlock) else Block(child.attributes)


def _parts(whole: AttributeValue, location: Location) -> Iterator[AttributeValue]:
    nested = whole.attribute.nested
    if nested is not None:
        inner = parts_of(nested)
        for at, element in elements(nested.nesting, whole.value, location):
            yield from walk(inner, element, at, whole.names)
    elif (found := _object_in(whole.attribute.type)) is not None:
        parts = Block({name: _part(whole.attribute, name, each) for name, each in found.attributes.items()})
        for at, element in _objects(whole.attribute.type, whole.value, location):
            yield from walk(parts, element, at, whole.names)


def _part(whole: Attribute, name: str, type_: Type) -> Attribute:
    return Attribute(
        name,
        type_,
        optional=whole.optional or whole.required,
        computed=whole.computed,
        sensitive=whole.sensitive,
    )


def _object_in(type_: Type) -> Object | None:
    while isinstance(type_, Collection):
        type_ = type_.element
    return type_ if isinstance(type_, Object) else None


def _objects(type_: Type, value: Value, location: Location) -> Iterator[tuple[Location, Value]]:
    if not isinstance(type_, Collection):
        yield location, value
        return
    for at, element in elements(Nesting(type_.kind), value, location):
        yield from _objects(type_.element, element, at)
