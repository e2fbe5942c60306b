"""The schema of a provider, as Terraform's plugin protocol has it: attributes, and blocks that nest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from arqctl.offline.types import Collection, Object, Type


class Nesting(StrEnum):
    """How often a block or a nested attribute stands, and what tells its elements apart."""

    SINGLE = "single"
    LIST = "list"
    SET = "set"
    MAP = "map"


@dataclass(frozen=True, slots=True)
class Attribute:
    """An argument (required or optional), or what AWS answers (computed), or both (optional and computed).

    `nested` is given for an attribute whose parts are arguments themselves (`set = [{…}]`); its `type` then
    says the same in one piece. A write-only value is given to the provider and never stored.
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
    """The parts of an attribute that has arguments of its own."""

    nesting: Nesting
    attributes: Mapping[str, Attribute]


@dataclass(frozen=True, slots=True)
class Block:
    """What stands between braces: attributes and further blocks, by name."""

    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    blocks: Mapping[str, "NestedBlock"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NestedBlock:
    """A block inside another. `max_items` 0 is without limit. A list with `max_items` 1 stays a list."""

    name: str
    nesting: Nesting
    block: Block
    min_items: int = 0
    max_items: int = 0


@dataclass(frozen=True, slots=True)
class ProviderSchema:
    """All that one provider offers. `source` is where Terraform gets it: `HOST/NAMESPACE/NAME`."""

    source: str
    version: str
    configuration: Block
    resources: Mapping[str, Block]
    data_sources: Mapping[str, Block]


def type_of_block(block: Block) -> Object:
    """The type of a value of the whole block, as Terraform derives it."""
    nested = {name: repeated(each.nesting, type_of_block(each.block)) for name, each in block.blocks.items()}
    return Object({**{name: each.type for name, each in block.attributes.items()}, **nested})


def type_of_nested(nested: Nested) -> Type:
    """The type of an attribute's value that has arguments of its own, in one piece."""
    element = Object({name: each.type for name, each in nested.attributes.items()})
    return repeated(nested.nesting, element)


def repeated(nesting: Nesting, element: Type) -> Type:
    """The type of all elements together."""
    match nesting:
        case Nesting.SINGLE:
            return element
        case Nesting.LIST:
            return Collection("list", element)
        case Nesting.SET:
            return Collection("set", element)
        case Nesting.MAP:
            return Collection("map", element)
