"""A block's schema and its value, walked together."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from arqctl.offline.facts import Names
from arqctl.offline.schema.model import Attribute, Block, Nested, NestedBlock, Nesting
from arqctl.offline.types import Collection, Object, Primitive, Type
from arqctl.offline.values import Path, Unknown, Value

Fields = dict[str, Value]
"""The value of a block or of an object: what each name stands for."""


class Way(NamedTuple):
    """How to get to a part of a value: a path that goes no further once it led to a set."""

    path: Path = ()
    ends_at_set: bool = False

    def to(self, step: str | int) -> "Way":
        """The way to an attribute, a block, or an element."""
        return self if self.ends_at_set else Way((*self.path, step))


START: Final = Way()


class Place(NamedTuple):
    """One attribute where it stands. `names` is `path` without numbers and keys.

    Parts of an object-typed attribute are places too: their attribute is made up, optional or computed as the
    whole is.
    """

    path: Path
    names: Names
    attribute: Attribute
    value: Value


def walk(block: Block, value: Value, way: Way = START, names: Names = ()) -> Iterator[Place]:
    """Yield every attribute at every depth of a block's value, whole ones before their parts.

    Unset attributes are there with None. Nothing is yielded for what stands in a block that is not there, or
    not known. The path of what stands in a set ends at the set.
    """
    if not isinstance(value, dict):
        return
    for name, attribute in block.attributes.items():
        part = value.get(name)
        to = way.to(name)
        place = Place(to.path, (*names, name), attribute, part)
        yield place
        if part is not None and not isinstance(attribute.type, Primitive):
            yield from _parts(place, to)
    for name, nested in block.blocks.items():
        for at, element in elements(nested.nesting, value.get(name), way.to(name)):
            yield from walk(nested.block, element, at, (*names, name))


def has_parts(place: Place) -> bool:
    """Whether an attribute is known to have parts, which are walked on their own."""
    return (
        place.value is not None
        and not isinstance(place.value, Unknown)
        and (place.attribute.nested is not None or _object_in(place.attribute.type) is not None)
    )


def elements(nesting: Nesting, value: Value, way: Way) -> Iterator[tuple[Way, Value]]:
    """Yield the elements of a block or nested attribute, each with its way; none where none is known."""
    if nesting is Nesting.SINGLE:
        yield way, value
    elif isinstance(value, list):
        for number, element in enumerate(value):
            yield (Way(way.path, ends_at_set=True) if nesting is Nesting.SET else way.to(number)), element
    elif isinstance(value, dict):
        for key, element in value.items():
            yield way.to(key), element


def parts_of(child: Nested | NestedBlock) -> Block:
    """What stands in one element of a nested block or of a nested attribute."""
    return child.block if isinstance(child, NestedBlock) else Block(child.attributes)


def _parts(whole: Place, way: Way) -> Iterator[Place]:
    nested = whole.attribute.nested
    if nested is not None:
        inner = parts_of(nested)
        for at, element in elements(nested.nesting, whole.value, way):
            yield from walk(inner, element, at, whole.names)
    elif (found := _object_in(whole.attribute.type)) is not None:
        parts = Block({name: _part(whole.attribute, name, each) for name, each in found.attributes.items()})
        for at, element in _objects(whole.attribute.type, whole.value, way):
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


def _objects(type_: Type, value: Value, way: Way) -> Iterator[tuple[Way, Value]]:
    if not isinstance(type_, Collection):
        yield way, value
        return
    for at, element in elements(Nesting(type_.kind), value, way):
        yield from _objects(type_.element, element, at)
