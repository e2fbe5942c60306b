"""Renders a schema as text: required arguments first, computed attributes last."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from arqctl.offline.schema.model import Attribute, Block, Nested, NestedBlock, Nesting
from arqctl.offline.types import Collection, Object, Primitive, Type

_INDENT = "  "
_MORE = " …"
# About three screens. Deeper blocks are only named; the user can print them separately.
_MAX_LINES = 150
_MAX_DEPTH = 30


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the page. `more` is the address of a block whose content is not shown."""

    level: int
    name: str
    kind: str
    duty: str
    more: str = ""


def schema_text(name: str, block: Block) -> str:
    """Return the attributes and blocks of `name`, with as many levels as fit a page, but at least one."""
    lines = _page(name, block)
    names = [f"{_INDENT * line.level}{line.name}" for line in lines]
    name_width = max(map(len, names), default=0)
    kind_width = max((len(line.kind) for line in lines), default=0)
    rows = [
        f"{shown:{name_width}}  {line.kind:{kind_width}}  {line.duty}{_MORE * bool(line.more)}".rstrip()
        for shown, line in zip(names, lines, strict=True)
    ]
    if more := next((line.more for line in lines if line.more), ""):
        rows += ["", f"The content of blocks with{_MORE} is not shown. To print it: arqctl schema {more}"]
    return "\n".join(rows)


def _page(name: str, block: Block) -> list[_Line]:
    for depth in range(_depth(block), 1, -1):
        lines = list(islice(_block(block, name, 0, depth), _MAX_LINES + 1))
        if len(lines) <= _MAX_LINES:
            return lines
    return list(_block(block, name, 0, 1))


def _depth(block: Block) -> int:
    return min(_MAX_DEPTH, 1 + max((_depth(nested.block) for nested in block.blocks.values()), default=0))


def _block(block: Block, address: str, level: int, depth: int) -> Iterator[_Line]:
    attributes = sorted(block.attributes.values(), key=_attribute_order)
    blocks = sorted(block.blocks.values(), key=lambda nested: (not nested.min_items, nested.name))
    for attribute in attributes:
        if attribute.required or attribute.optional:
            yield from _attribute(attribute, level)
    for nested in blocks:
        yield from _nested_block(nested, f"{address}.{nested.name}", level, depth)
    for attribute in attributes:
        if not (attribute.required or attribute.optional):
            yield from _attribute(attribute, level)


def _attribute_order(attribute: Attribute) -> tuple[bool, str]:
    return not attribute.required, attribute.name


def _nested_block(nested: NestedBlock, address: str, level: int, depth: int) -> Iterator[_Line]:
    line = _Line(level, nested.name, _block_kind(nested), _occurrence(nested))
    if depth > 1:
        yield line
        yield from _block(nested.block, address, level + 1, depth - 1)
    else:
        yield replace(line, more=address if nested.block.attributes or nested.block.blocks else "")


def _block_kind(nested: NestedBlock) -> str:
    return "block" if nested.nesting is Nesting.SINGLE else f"block, {nested.nesting}"


def _occurrence(nested: NestedBlock) -> str:
    least, most = nested.min_items, nested.max_items
    duty = "required" if least else "optional"
    if nested.nesting is Nesting.SINGLE:
        return duty
    if least and least == most:
        return f"{duty}, exactly {most}"
    bounds = [f"at least {least}"] * bool(least) + [f"at most {most}"] * bool(most)
    return f"{duty}, {' and '.join(bounds) or 'any number'}"


def _attribute(attribute: Attribute, level: int) -> Iterator[_Line]:
    flags = ("required", "optional", "computed", "sensitive", "write_only")
    duty = ", ".join(flag.replace("_", "-") for flag in flags if getattr(attribute, flag))
    yield _Line(level, attribute.name, _type(attribute.type), duty)
    if attribute.nested:
        yield from _nested_attributes(attribute.nested, level + 1)
    else:
        yield from _parts(attribute.type, level + 1)


def _nested_attributes(nested: Nested, level: int) -> Iterator[_Line]:
    for attribute in sorted(nested.attributes.values(), key=_attribute_order):
        yield from _attribute(attribute, level)


def _parts(type: Type, level: int) -> Iterator[_Line]:
    if isinstance(type, Collection):
        yield from _parts(type.element, level)
    if isinstance(type, Object):
        for name, part in type.attributes.items():
            yield _Line(level, name, _type(part), "")
            yield from _parts(part, level + 1)


def _type(type: Type) -> str:
    if isinstance(type, Primitive):
        return "any" if type.name == "dynamic" else type.name
    if isinstance(type, Collection):
        return f"{type.kind} of {_type(type.element)}"
    return "object"
