"""Who names whom in a stack, and in which construct each of them stands."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from arqctl.core.assembly import Block, Json, Stack
from arqctl.gate.expressions import interpolations

Steps = tuple[str, ...]
"""The steps of a construct's path below its stack; none for the stack itself."""

_ADDRESS = re.compile(r"(?:\bdata\.)?\b[A-Za-z][\w-]*\.[A-Za-z_][\w-]*")
_LOCAL = re.compile(r"\blocal\.([A-Za-z_][\w-]*)")
_ORDER_ONLY = "depends_on"
"""Says what comes first, not who uses whom."""


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """One block names another in one of its arguments. Both are addresses in the same stack."""

    source: str
    argument: str
    target: str


def references(stack: Stack) -> tuple[Reference, ...]:
    """Every reference from one block to another, in order. Those behind `locals` count as well."""
    values = _locals(stack)
    found = {
        Reference(block.address, argument, target)
        for block in stack.blocks.values()
        for argument, value in block.body.items()
        if argument != _ORDER_ONLY
        for target in _named(value, values)
        if target in stack.blocks and target != block.address
    }
    return tuple(sorted(found))


def construct_of(stack: Stack, block: Block) -> Steps:
    """The construct that a block stands in: `("cluster", "karpenter")`."""
    return tuple(block.path.removeprefix(f"{stack.name}/").split("/")[:-1])


def _named(value: Json, values: Mapping[str, Json], seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Everything in a value that may be an address: what isn't one is in no stack."""
    for expression in _expressions(value):
        yield from _ADDRESS.findall(expression)
        for name in _LOCAL.findall(expression):
            if name in values and name not in seen:
                yield from _named(values[name], values, seen | {name})


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


def _locals(stack: Stack) -> Mapping[str, Json]:
    values = stack.document.get("locals")
    return values if isinstance(values, dict) else {}
