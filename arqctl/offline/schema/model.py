"""Provider schemas as in Terraform's plugin protocol: attributes and nested blocks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from arqctl.offline.types import Collection, Object, Type


class Nesting(StrEnum):
    """Collection kind of a block's or nested attribute's elements."""

    SINGLE = "single"
    LIST = "list"
    SET = "set"
    MAP = "map"


@dataclass(frozen=True, slots=True)
class Attribute:
    """An argument (required or optional), a computed attribute, or both (optional and computed).

    `nested` is set for an attribute with arguments of its own (`set = [{…}]`); `type` is then its complete
    type. A write-only value is passed to the provider and never stored.
    """

    name: str
    type: Type
    required: bool = False
    optional: bool = False
    computed: bool = False
    sensitive: bool = False
    write_only: bool = False
    nested: "Nested | None" = None


@dataclass(frozen=True, slots=True)
class Nested:
    """The arguments of an attribute that has its own."""

    nesting: Nesting
    attributes: Mapping[str, Attribute]


@dataclass(frozen=True, slots=True)
class Block:
    """The content of a block: attributes and nested blocks, by name."""

    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    blocks: Mapping[str, "NestedBlock"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NestedBlock:
    """A block within another. `max_items` 0 means no limit. A list with `max_items` 1 is still a list."""

    name: str
    nesting: Nesting
    block: Block
    min_items: int = 0
    max_items: int = 0


@dataclass(frozen=True, slots=True)
class ProviderSchema:
    """The schema of one provider. `source` is its address: `HOST/NAMESPACE/NAME`."""

    source: str
    version: str
    configuration: Block
    resources: Mapping[str, Block]
    data_sources: Mapping[str, Block]


def type_of_block(block: Block) -> Object:
    """Return the type of a block's value, as Terraform derives it."""
    nested = {name: repeated(each.nesting, type_of_block(each.block)) for name, each in block.blocks.items()}
    return Object({**{name: each.type for name, each in block.attributes.items()}, **nested})


def type_of_nested(nested: Nested) -> Type:
    """Return the complete type of an attribute with arguments of its own."""
    element = Object({name: each.type for name, each in nested.attributes.items()})
    return repeated(nested.nesting, element)


def repeated(nesting: Nesting, element: Type) -> Type:
    """Return the type of a collection of elements."""
    match nesting:
        case Nesting.SINGLE:
            return element
        case Nesting.LIST:
            return Collection("list", element)
        case Nesting.SET:
            return Collection("set", element)
        case Nesting.MAP:
            return Collection("map", element)
