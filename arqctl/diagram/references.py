"""Finds references between the blocks of a stack, and the construct of each block."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from arqctl.core.assembly import Block, Stack
from arqctl.core.json_access import Json
from arqctl.gate.expressions import interpolations

ConstructPath = tuple[str, ...]
"""Ids of a construct's path below its stack; empty for the stack itself."""

_ADDRESS = re.compile(r"(?:\bdata\.)?\b[A-Za-z][\w-]*\.[A-Za-z_][\w-]*")
_LOCAL_VALUE = re.compile(r"\blocal\.([A-Za-z_][\w-]*)")
_DEPENDS_ON = "depends_on"
"""Only defines the order, so it isn't a reference."""


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """A block references another in an argument. `source` and `target` are addresses in the same stack."""

    source: str
    argument: str
    target: str


def find_references(stack: Stack) -> tuple[Reference, ...]:
    """Return every reference between blocks, sorted, including those through `locals`."""
    values = _local_values(stack)
    found = {
        Reference(block.address, argument, target)
        for block in stack.blocks.values()
        for argument, value in block.body.items()
        if argument != _DEPENDS_ON
        for target in _referenced_addresses(value, values)
        if target in stack.blocks and target != block.address
    }
    return tuple(sorted(found))


def construct_path(stack: Stack, block: Block) -> ConstructPath:
    """Return the path of a block's construct: `("cluster", "karpenter")`."""
    return tuple(block.path.removeprefix(f"{stack.name}/").split("/")[:-1])


def _referenced_addresses(
    value: Json, values: Mapping[str, Json], seen: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Yield everything in a value that may be an address; the caller filters by the stack's blocks."""
    for expression in _expressions(value):
        yield from _ADDRESS.findall(expression)
        for name in _LOCAL_VALUE.findall(expression):
            if name in values and name not in seen:
                yield from _referenced_addresses(values[name], values, seen | {name})


def _expressions(value: Json) -> Iterator[str]:
    match value:
        case str():
            yield from interpolations(value)
        case list():
            for item in value:
                yield from _expressions(item)
        case dict():
            for item in value.values():
                yield from _expressions(item)


def _local_values(stack: Stack) -> Mapping[str, Json]:
    values = stack.document.get("locals")
    return values if isinstance(values, dict) else {}
