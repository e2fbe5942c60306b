"""Blocks of a synthesized stack, parsed from its Terraform JSON.

Rules read the file instead of Checkov's graph. The graph replaces references with the values it finds and
decodes JSON strings, so it can't show which resource an argument refers to, or whether it is an expression.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

_INTERPOLATION = re.compile(r"(?<!\$)\$\{(?P<expression>.*?)\}", re.DOTALL)
# Resource types contain an underscore, so `var`, `local`, `each` and `module` don't match.
_REFERENCE = re.compile(r"(?:data\.)?[a-z0-9]+_[a-z0-9_]*\.[A-Za-z_][\w-]*(?:\.[\w*-]+|\[[\w*\"-]+\])*")
_ADDRESS = re.compile(r"(?<![\w.-])(?:data\.)?[a-z][a-z0-9_]*\.[A-Za-z_][\w-]*")


class MalformedStackError(ValueError):
    """The file is not a valid Terraform JSON configuration."""


@dataclass(frozen=True)
class Block:
    """A resource, data source, provider or backend, which a rule evaluates."""

    kind: str
    """`resource`, `data`, `provider` or `backend`."""
    type: str
    """The Terraform type, such as `aws_db_instance`, or the name of a provider or backend."""
    address: str
    body: Json

    def get(self, path: str) -> Json:
        """Return the value at a dotted path, through single-item lists of blocks; None if there is none."""
        return at(self.body, path)

    def blocks(self, path: str) -> list[Json]:
        """Return the nested blocks at a path, from either a single object or a list."""
        return as_list(self.get(path))

    @cached_property
    def references(self) -> frozenset[str]:
        """The addresses in this block's expressions."""
        return references(self.body)


def at(value: Json, path: str) -> Json:
    """Return the value at a dotted path in a value, through single-item lists; None if there is none."""
    for key in path.split("."):
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def as_list(value: Json) -> list[Json]:
    """Return a list unchanged, None as an empty list, and any other value as a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def strings(value: Json) -> Iterator[str]:
    """Yield all strings in a value, including keys, except in CDKTF's `//` metadata."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key != "//":
                yield key
                yield from strings(item)


def interpolations(text: str) -> list[str]:
    """Return the expressions in a string's `${...}` interpolations."""
    return [match["expression"] for match in _INTERPOLATION.finditer(text)]


def is_reference(expression: str) -> bool:
    """Return whether an expression is only a reference to a resource or data source."""
    return _REFERENCE.fullmatch(expression.strip()) is not None


def references(value: Json) -> frozenset[str]:
    """Return the addresses in all expressions of a value."""
    return frozenset(
        address
        for text in strings(value)
        if "${" in text
        for expression in interpolations(text)
        for address in _ADDRESS.findall(expression)
    )


@dataclass(frozen=True)
class Stack:
    """All blocks of one Terraform JSON file."""

    blocks: Mapping[str, Block]
    locals: Mapping[str, Json] = field(default_factory=dict)
    outputs: Mapping[str, Json] = field(default_factory=dict)

    def of_type(self, *types: str) -> list[Block]:
        """Return the resources of these types."""
        return [b for b in self.blocks.values() if b.kind == "resource" and b.type in types]

    def resolve(self, value: Json, *types: str) -> list[Block]:
        """Return the resources of these types that a value refers to."""
        resources = (self.blocks.get(address) for address in sorted(references(value)))
        return [block for block in resources if block is not None and block.type in types]

    def referrers(self, block: Block, *types: str) -> list[Block]:
        """Return the resources of these types that refer to a block."""
        return [other for other in self.of_type(*types) if block.address in other.references]


def parse(document: Json) -> Stack:
    """Return the stack in decoded Terraform JSON.

    Raises:
        MalformedStackError: if the document does not follow Terraform's JSON syntax.
    """
    root = _object(document, "the document")
    blocks = [
        *_labeled_blocks(root, "resource"),
        *_labeled_blocks(root, "data"),
        *_provider_blocks(root),
        *_backend_blocks(root),
    ]
    return Stack(
        {block.address: block for block in blocks},
        _object(root.get("locals", {}), "locals"),
        _object(root.get("output", {}), "output"),
    )


def read(path: str) -> Stack:
    """Read a stack from its `cdk.tf.json`.

    Raises:
        MalformedStackError: if the file is not Terraform JSON.
        OSError: if the file can't be read.
    """
    return _parse_text(Path(path).read_text(encoding="utf-8"))


@lru_cache(maxsize=16)
def _parse_text(text: str) -> Stack:
    # Cached, because each rule reads the same files.
    try:
        document: Json = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedStackError(f"not JSON: {error}") from error
    return parse(document)


def _object(value: Json, what: str) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise MalformedStackError(f"{what} must be an object, got {type(value).__name__}")
    return {key: item for key, item in value.items() if key != "//"}


def _labeled_blocks(root: dict[str, Json], kind: str) -> Iterator[Block]:
    prefix = "data." if kind == "data" else ""
    for type_, named in _object(root.get(kind, {}), kind).items():
        for name, body in _object(named, f"{kind}.{type_}").items():
            yield Block(kind, type_, f"{prefix}{type_}.{name}", body)


def _provider_blocks(root: dict[str, Json]) -> Iterator[Block]:
    for name, configurations in _object(root.get("provider", {}), "provider").items():
        for body in as_list(configurations):
            alias = at(body, "alias")
            address = f"provider.{name}" if alias is None else f"provider.{name}.{alias}"
            yield Block("provider", name, address, body)


def _backend_blocks(root: dict[str, Json]) -> Iterator[Block]:
    terraform = _object(root.get("terraform", {}), "terraform")
    for name, body in _object(terraform.get("backend", {}), "terraform.backend").items():
        yield Block("backend", name, f"terraform.backend.{name}", body)
