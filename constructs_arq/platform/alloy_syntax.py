"""Alloy's configuration syntax, as values that are rendered to text.

https://grafana.com/docs/alloy/latest/get-started/configuration-syntax/
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

_INDENT = "  "


@dataclass(frozen=True)
class Expression:
    """Text that Alloy evaluates, such as the reference to an export of another component."""

    text: str


Value: TypeAlias = "str | bool | int | Expression | Sequence[Value] | Mapping[str, Value]"


@dataclass(frozen=True, kw_only=True)
class Block:
    """A block, such as a component with its label, or a part of one."""

    name: str
    label: str | None = None
    arguments: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    blocks: Sequence["Block"] = ()

    def export(self, name: str) -> Expression:
        """Return a reference to a value that the component exports."""
        return Expression(f"{self.name}.{self.label}.{name}")


def render(blocks: Sequence[Block]) -> str:
    """Return the text of a configuration."""
    return "\n\n".join("\n".join(_block_lines(each)) for each in blocks) + "\n"


def _block_lines(block: Block) -> Iterator[str]:
    title = block.name if block.label is None else f"{block.name} {json.dumps(block.label)}"
    if not block.arguments and not block.blocks:
        yield f"{title} {{ }}"
        return
    yield f"{title} {{"
    for name, value in block.arguments.items():
        yield f"{_INDENT}{name} = {_text(value)}"
    for each in block.blocks:
        yield from (f"{_INDENT}{line}" for line in _block_lines(each))
    yield "}"


def _text(value: Value) -> str:
    match value:
        case Expression():
            return value.text
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case str():
            return _string(value)
        case Mapping():
            pairs = ", ".join(f"{json.dumps(name)} = {_text(each)}" for name, each in value.items())
            return f"{{ {pairs} }}"
        case _:
            return f"[{', '.join(map(_text, value))}]"


def _string(value: str) -> str:
    """Return a raw string for a regular expression, so that it is readable."""
    return f"`{value}`" if "\\" in value and "`" not in value else json.dumps(value)
