"""Extracts a provider's schema from the TypeScript of its bindings.

The bindings' generator drops some information. These rules restore it:

- A block for which the bindings accept one struct is a list or set of at most one: CDKTF generates a single
  struct only for `max_items` 1. A required block has `min_items` 1. Other bounds are lost and stay open; in a
  provider's configuration, all bounds do.
- A block that is neither list, set nor map (`timeouts`) occurs once.
- An attribute with a struct is a plain object in a provider of protocol 5 (aws): all its parts are set
  together. In one of protocol 6 (helm) it has arguments of its own. The bindings do not name the protocol.
  But the parts of a plain object have no flags, so the generator gives them their parent's. One attribute
  whose parts have different flags therefore proves protocol 6.
- A resource's argument named `*_wo` is write-only, by convention of all providers.
- The generator writes Terraform's dynamic type as a map of anything. It types `any` what nests too deep for
  it; unless `untyped.py` describes such a block, it accepts any value.
- `alias` in a provider's configuration belongs to CDKTF.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from arqctl.core.errors import InputError, Problem
from arqctl.offline.bindings import Binding, provider_source, typescript_sources
from arqctl.offline.schema.model import (
    Attribute,
    Block,
    Nested,
    NestedBlock,
    Nesting,
    ProviderSchema,
    repeated,
    type_of_block,
)
from arqctl.offline.schema.typescript import Declaration, Kind, Part, parse_declaration
from arqctl.offline.schema.untyped import untyped_block
from arqctl.offline.types import BOOL, DYNAMIC, NUMBER, STRING, Collection, Primitive, Type

OnProgress = Callable[[float], None]
"""Receives the progress of an extraction, from 0 to 1."""

_PRIMITIVES: Mapping[str, Primitive] = {
    "string": STRING,
    "number": NUMBER,
    "boolean": BOOL,
    "any": DYNAMIC,
}
_STORAGE = re.compile(r"(string|number|boolean|any)((?:List|Map)*)")


def no_progress(_done: float) -> None:
    """Ignore the progress."""


def extract(binding: Binding, on_progress: OnProgress = no_progress) -> ProviderSchema:
    """Return the schema of the provider from which the bindings were generated, without sensitivity.

    Raises:
        InputError: when the bindings can't be read, or have an unknown format.
    """
    try:
        return _extract(binding, on_progress)
    except (ValueError, KeyError) as error:
        problem = f"does not have the format that CDKTF and CDK Terrain generate: {error}"
        raise InputError(
            [Problem(str(binding.tarball), problem, "Uninstall the package, or report this")]
        ) from error


def _extract(binding: Binding, on_progress: OnProgress) -> ProviderSchema:
    source = provider_source(binding)
    modules = typescript_sources(binding)
    declared: list[Declaration] = []
    for position, text in enumerate(modules.values()):
        on_progress(position / len(modules) / 2)
        declared += filter(None, [parse_declaration(text)])
    nests = any(map(_proves_nested_attributes, declared))
    blocks: dict[Kind, dict[str, Block]] = {"resource": {}, "data": {}, "provider": {}}
    for position, each in enumerate(declared):
        on_progress(0.5 + position / len(declared) / 2)
        blocks[each.kind][each.name] = _Extraction(each, nests).block
    (configuration,) = blocks["provider"].values()
    return ProviderSchema(source.source, source.version, configuration, blocks["resource"], blocks["data"])


def _proves_nested_attributes(declared: Declaration) -> bool:
    return any(
        part.struct
        and not part.is_block
        and any(_flags(inner) != _flags(part) for inner in declared.structs[part.struct])
        for parts in (declared.parts, *declared.structs.values())
        for part in parts
    )


def _flags(part: Part) -> tuple[bool, bool, bool]:
    return part.computed, part.optional, part.required


class _Extraction:
    """Converts one declaration to a block, and each of its structs once."""

    def __init__(self, declared: Declaration, nests: bool) -> None:
        self._declared = declared
        self._nests = nests
        self._blocks: dict[str, Block] = {}

    @cached_property
    def block(self) -> Block:
        parts = self._declared.parts
        if self._declared.kind == "provider":
            parts = tuple(part for part in parts if part.name != "alias")
        return self._block(parts)

    def _struct(self, name: str) -> Block:
        if name not in self._blocks:
            self._blocks[name] = self._block(self._declared.structs[name])
        return self._blocks[name]

    def _block(self, parts: Iterable[Part]) -> Block:
        attributes: dict[str, Attribute] = {}
        blocks: dict[str, NestedBlock] = {}
        for part in parts:
            if nested := self._nested_block(part) if part.is_block else None:
                blocks[part.name] = nested
            else:
                attributes[part.name] = self._attribute(part)
        return Block(attributes, blocks)

    def _nested_block(self, part: Part) -> NestedBlock | None:
        least = int(part.required)
        if not part.struct:
            block = untyped_block(self._declared.name, part.name)
            return NestedBlock(part.name, Nesting.LIST, block, least, 1) if block else None
        block = self._struct(part.struct)
        most = least if part.shape == "struct" else 0 if part.many else 1
        return NestedBlock(part.name, _nesting(part), block, least, most)

    def _attribute(self, part: Part) -> Attribute:
        nested = self._nested(part) if part.struct and self._nests else None
        return Attribute(
            part.name,
            self._type(part),
            required=part.required,
            optional=part.optional,
            computed=part.computed,
            write_only=(
                self._declared.kind == "resource" and part.name.endswith("_wo") and not part.computed
            ),
            nested=nested,
        )

    def _nested(self, part: Part) -> Nested:
        return Nested(_nesting(part), self._struct(part.struct).attributes)

    def _type(self, part: Part) -> Type:
        if part.struct:
            return _repeated(part, type_of_block(self._struct(part.struct)))
        if part.storage == "any":
            block = untyped_block(self._declared.name, part.name)
            return Collection("list", type_of_block(block)) if block else DYNAMIC
        match = _STORAGE.fullmatch(part.storage)
        if match is None:
            raise ValueError(f"{self._declared.name}: {part.name} is stored as {part.storage!r}")
        element: Type = _PRIMITIVES[match[1]]
        if element is DYNAMIC:
            return element
        for holder in re.findall("List|Map", match[2])[:-1]:
            element = Collection("list" if holder == "List" else "map", element)
        return _repeated(part, element)


def _repeated(part: Part, element: Type) -> Type:
    return element if part.shape == "simple" else repeated(_nesting(part), element)


def _nesting(part: Part) -> Nesting:
    return Nesting.SINGLE if part.shape in {"simple", "struct"} else Nesting(part.shape)
