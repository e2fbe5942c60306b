"""A synthesized stack as its blocks, read from the Terraform JSON itself.

Checkov's graph replaces references by the values it finds and decodes JSON strings, so a rule that asks
"which resource does this refer to?" or "is this an expression?" can't be answered there. The file can.
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
# Every type of a provider has an underscore in its name, so `var`, `local`, `each` and `module` don't fit.
_REFERENCE = re.compile(r"(?:data\.)?[a-z0-9]+_[a-z0-9_]*\.[A-Za-z_][\w-]*(?:\.[\w*-]+|\[[\w*\"-]+\])*")
_ADDRESS = re.compile(r"(?<![\w.-])(?:data\.)?[a-z][a-z0-9_]*\.[A-Za-z_][\w-]*")


class MalformedStackError(ValueError):
    """The file isn't a Terraform JSON configuration that can be judged."""


@dataclass(frozen=True)
class Block:
    """One resource, data source, provider or backend: what a rule judges."""

    kind: str
    """`resource`, `data`, `provider` or `backend`."""
    type: str
    """Terraform's type, such as `aws_db_instance`; for a provider or backend its name."""
    address: str
    body: Json

    def get(self, path: str) -> Json:
        """Return the value at a dotted path, entering single blocks; None where nothing stands."""
        return at(self.body, path)

    def blocks(self, path: str) -> list[Json]:
        """Return the nested blocks at a path, whether written as one object or as a list of them."""
        return as_list(self.get(path))

    @cached_property
    def references(self) -> frozenset[str]:
        """Every address that this block's expressions name."""
        return references(self.body)


def at(value: Json, path: str) -> Json:
    """Return the value at a dotted path below a value; a list of exactly one block is entered."""
    for key in path.split("."):
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def as_list(value: Json) -> list[Json]:
    """Return a value as a list: nothing is an empty one, a single value a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def strings(value: Json) -> Iterator[str]:
    """Every string below a value, keys included, but not CDKTF's own `//` notes."""
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
    """Return the expressions inside `${...}` of a string."""
    return [match["expression"] for match in _INTERPOLATION.finditer(text)]


def is_reference(expression: str) -> bool:
    """Tell an expression that only names a resource or data source from what may become anything."""
    return _REFERENCE.fullmatch(expression.strip()) is not None


def references(value: Json) -> frozenset[str]:
    """Every address that the expressions below a value name."""
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

    def of_type(self, *types: str) -> list[Block]:
        """Return the resources of these types."""
        return [b for b in self.blocks.values() if b.kind == "resource" and b.type in types]

    def referred(self, value: Json, *types: str) -> list[Block]:
        """Return the resources of these types that a value refers to."""
        named = (self.blocks.get(address) for address in sorted(references(value)))
        return [block for block in named if block is not None and block.type in types]

    def referrers(self, block: Block, *types: str) -> list[Block]:
        """Return the resources of these types that refer to a block."""
        return [other for other in self.of_type(*types) if block.address in other.references]


def parse(document: Json) -> Stack:
    """Read a stack from decoded Terraform JSON.

    Raises:
        MalformedStackError: where the document isn't shaped as Terraform's JSON syntax.
    """
    root = _object(document, "the document")
    blocks = [*_labelled(root, "resource"), *_labelled(root, "data"), *_providers(root), *_backends(root)]
    return Stack({block.address: block for block in blocks}, _object(root.get("locals", {}), "locals"))


def read(path: str) -> Stack:
    """Read a stack from its `cdk.tf.json`.

    Raises:
        MalformedStackError: where the file isn't Terraform JSON.
        OSError: where the file can't be read.
    """
    return _parse_text(Path(path).read_text(encoding="utf-8"))


@lru_cache(maxsize=16)
def _parse_text(text: str) -> Stack:
    """Parse once what every rule asks for."""
    try:
        document: Json = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedStackError(f"not JSON: {error}") from error
    return parse(document)


def _object(value: Json, what: str) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise MalformedStackError(f"{what} must be an object, got {type(value).__name__}")
    return {key: item for key, item in value.items() if key != "//"}


def _labelled(root: dict[str, Json], kind: str) -> Iterator[Block]:
    prefix = "data." if kind == "data" else ""
    for type_, named in _object(root.get(kind, {}), kind).items():
        for name, body in _object(named, f"{kind}.{type_}").items():
            yield Block(kind, type_, f"{prefix}{type_}.{name}", body)


def _providers(root: dict[str, Json]) -> Iterator[Block]:
    for name, configurations in _object(root.get("provider", {}), "provider").items():
        for body in as_list(configurations):
            alias = at(body, "alias")
            address = f"provider.{name}" if alias is None else f"provider.{name}.{alias}"
            yield Block("provider", name, address, body)


def _backends(root: dict[str, Json]) -> Iterator[Block]:
    terraform = _object(root.get("terraform", {}), "terraform")
    for name, body in _object(terraform.get("backend", {}), "terraform.backend").items():
        yield Block("backend", name, f"terraform.backend.{name}", body)
