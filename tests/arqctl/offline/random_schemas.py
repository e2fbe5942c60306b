"""Random schemas and configurations. Names and values are few, so that elements are often similar."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from typing import NamedTuple

from hypothesis import strategies as st

from arqctl.offline.planning.apply import Fill
from arqctl.offline.planning.equality import canonical, canonical_block
from arqctl.offline.planning.traversal import Fields, parts_of
from arqctl.offline.schema.model import Attribute, Block, Nested, NestedBlock, Nesting, type_of_block
from arqctl.offline.types import BOOL, NUMBER, STRING, Collection, Object, Type
from arqctl.offline.values import Path, Value

NAMES = "abcdef"
ROLES = ("required", "optional", "optional and computed", "computed")
TYPES: tuple[Type, ...] = (
    STRING,
    STRING,
    STRING,
    NUMBER,
    Collection("list", STRING),
    Collection("set", STRING),
    Collection("map", STRING),
    Object({"x": STRING, "y": NUMBER}),
    Collection("set", Object({"x": STRING, "y": Collection("set", STRING)})),
)


@st.composite
def blocks(draw: st.DrawFn, depth: int = 2, allow_write_only: bool = True) -> Block:
    attributes = {}
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True)):
        attributes[name] = draw(_attributes(name, depth, allow_write_only))
    nested = {}
    if depth:
        for name in draw(st.lists(st.sampled_from("uvw"), max_size=2, unique=True)):
            nesting = draw(st.sampled_from(list(Nesting)))
            inner = draw(blocks(depth - 1, allow_write_only and nesting is not Nesting.SET))
            nested[name] = NestedBlock(name, nesting, inner)
    return Block(attributes, nested)


@st.composite
def _attributes(draw: st.DrawFn, name: str, depth: int, allow_write_only: bool) -> Attribute:
    kind = draw(st.sampled_from(["plain"] * 5 + ["write_only", "nested"]))
    # Terraform rejects write-only attributes in sets and in computed attributes.
    if kind == "write_only" and allow_write_only:
        return Attribute(name, STRING, optional=True, write_only=True)
    role = draw(st.sampled_from(ROLES))
    attribute = Attribute(
        name,
        draw(st.sampled_from(TYPES)),
        required="required" in role,
        optional="optional" in role,
        computed="computed" in role,
    )
    if kind != "nested" or not depth:
        return attribute
    nesting = draw(st.sampled_from(list(Nesting)))
    forbids_write_only = nesting is Nesting.SET or attribute.computed
    inner = draw(blocks(depth - 1, allow_write_only and not forbids_write_only))
    element = type_of_block(Block(inner.attributes))
    nested_type = element if nesting is Nesting.SINGLE else Collection(nesting.value, element)  # type: ignore[arg-type]  # its values are the valid kinds
    return replace(attribute, type=nested_type, nested=Nested(nesting, inner.attributes))


def configs(block: Block) -> st.SearchStrategy[Fields]:
    parts = {name: _argument(each) for name, each in block.attributes.items()}
    nested = {name: _elements(each.nesting, each.block) for name, each in block.blocks.items()}
    return st.fixed_dictionaries({**parts, **nested})


def _argument(attribute: Attribute) -> st.SearchStrategy[Value]:
    if attribute.computed and not attribute.optional:
        return st.none()
    nested = attribute.nested
    value = values(attribute.type) if nested is None else _elements(nested.nesting, parts_of(nested))
    if attribute.required:
        return value.filter(lambda each: each is not None)
    return st.none() | value


def _elements(nesting: Nesting, block: Block) -> st.SearchStrategy[Value]:
    if nesting is Nesting.SINGLE:
        return st.none() | configs(block)
    if nesting is Nesting.MAP:
        return st.dictionaries(st.sampled_from("kl"), configs(block), max_size=2).map(_as_value)
    if nesting is Nesting.LIST:
        return st.lists(configs(block), max_size=3).map(_as_value)
    unique = st.lists(configs(block), max_size=4, unique_by=lambda each: canonical_block(block, each))
    return unique.map(_as_value)


def _as_value(value: object) -> Value:
    return value  # type: ignore[return-value]  # lists and dicts are invariant


def values(type_: Type) -> st.SearchStrategy[Value]:
    if isinstance(type_, Object):
        return st.fixed_dictionaries({name: values(each) for name, each in type_.attributes.items()}).map(
            _as_value
        )
    if isinstance(type_, Collection):
        element = values(type_.element)
        if type_.kind == "map":
            return st.dictionaries(st.sampled_from("kl"), element, max_size=2).map(_as_value)
        if type_.kind == "list":
            return st.lists(element, max_size=3).map(_as_value)
        inner = type_.element
        return st.lists(element, max_size=3, unique_by=lambda each: canonical(inner, each)).map(_as_value)
    if type_ == NUMBER:
        return st.sampled_from([0, 1, 2])
    return st.sampled_from(["p", "q"])


def make_fill() -> Fill:
    """Return a function that gives each unknown value a unique value."""
    numbers = count(1)

    def fill(path: Path, type_: Type) -> Value:
        if isinstance(type_, Object):
            return {name: fill((*path, name), each) for name, each in type_.attributes.items()}
        if isinstance(type_, Collection):
            return {"k": fill(path, type_.element)} if type_.kind == "map" else [fill(path, type_.element)]
        if type_ == BOOL:
            return True
        return 1000 + next(numbers) if type_ == NUMBER else f"computed-{next(numbers)}"

    return fill


class ConfiguredArgument(NamedTuple):
    """An argument that a configuration sets. Writing to `fields` changes it."""

    fields: Fields
    attribute: Attribute
    is_in_set: bool


def configured_arguments(
    block: Block, config: Value, is_in_set: bool = False
) -> Iterator[ConfiguredArgument]:
    if not isinstance(config, dict):
        return
    for name, attribute in block.attributes.items():
        if config[name] is not None:
            yield ConfiguredArgument(config, attribute, is_in_set)
            if attribute.nested is not None:
                nested = attribute.nested
                yield from _configured_arguments_in(nested.nesting, parts_of(nested), config[name], is_in_set)
    for name, child in block.blocks.items():
        yield from _configured_arguments_in(child.nesting, child.block, config[name], is_in_set)


def _configured_arguments_in(
    nesting: Nesting, block: Block, value: Value, is_in_set: bool
) -> Iterator[ConfiguredArgument]:
    parts = [value]
    if nesting is not Nesting.SINGLE:
        parts = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
    for each in parts:
        yield from configured_arguments(block, each, is_in_set or nesting is Nesting.SET)


def shuffle_sets(block: Block, value: Fields, shuffle: Callable[[list[Value]], list[Value]]) -> Fields:
    """Return the value with the elements of every set shuffled."""
    return {
        **{name: _shuffle_value(each.type, value[name], shuffle) for name, each in block.attributes.items()},
        **{
            name: _shuffle_blocks(each.nesting, each.block, value[name], shuffle)
            for name, each in block.blocks.items()
        },
    }


def _shuffle_blocks(
    nesting: Nesting, block: Block, value: Value, shuffle: Callable[[list[Value]], list[Value]]
) -> Value:
    if isinstance(value, list):
        inner: list[Value] = [shuffle_sets(block, each, shuffle) for each in value if isinstance(each, dict)]
        return shuffle(inner) if nesting is Nesting.SET else inner
    if isinstance(value, dict) and nesting is Nesting.SINGLE:
        return shuffle_sets(block, value, shuffle)
    if isinstance(value, dict):
        return {
            key: shuffle_sets(block, each, shuffle) for key, each in value.items() if isinstance(each, dict)
        }
    return value


def _shuffle_value(type_: Type, value: Value, shuffle: Callable[[list[Value]], list[Value]]) -> Value:
    if isinstance(value, list) and isinstance(type_, Collection):
        inner = [_shuffle_value(type_.element, each, shuffle) for each in value]
        return shuffle(inner) if type_.kind == "set" else inner
    if isinstance(value, dict):
        return {
            key: _shuffle_value(
                type_.attributes[key] if isinstance(type_, Object) else getattr(type_, "element", type_),
                each,
                shuffle,
            )
            for key, each in value.items()
        }
    return value


def remove_duplicates(block: Block, value: Fields) -> Fields:
    """Return the configuration without duplicate elements in sets, as Terraform passes it to providers."""
    result = copy.deepcopy(value)
    for name, child in block.blocks.items():
        result[name] = _remove_duplicate_elements(child.nesting, child.block, result[name])
    for name, attribute in block.attributes.items():
        if attribute.nested is not None:
            result[name] = _remove_duplicate_elements(
                attribute.nested.nesting, parts_of(attribute.nested), result[name]
            )
    return result


def _remove_duplicate_elements(nesting: Nesting, block: Block, value: Value) -> Value:
    if isinstance(value, list):
        inner: list[Value] = [remove_duplicates(block, each) for each in value if isinstance(each, dict)]
        return (
            list({canonical_block(block, each): each for each in inner}.values())
            if nesting is Nesting.SET
            else inner
        )
    if isinstance(value, dict) and nesting is Nesting.SINGLE:
        return remove_duplicates(block, value)
    if isinstance(value, dict):
        return {key: remove_duplicates(block, each) for key, each in value.items() if isinstance(each, dict)}
    return value
