"""The part of a stack that planted defects concern. Terraform reads it in a fraction of the time."""

import json
import re
from collections.abc import Iterable

from tests.arqctl.offline.defects.defect_planting import Document

_REFERENCE = re.compile(r"\b((?:data\.)?[a-z]+_[a-z0-9_]+\.[A-Za-z][\w-]*)")

_SECTIONS = {"resource": "", "data": "data."}


def keep_related_resources(document: Document, original: Document) -> None:
    """Remove what neither changed, nor refers to a change, nor is needed by what remains.

    Outputs are removed too, unless they changed, and imports, which no defect concerns.
    """
    blocks, before = _blocks(document), _blocks(original)
    references = {address: _references(block, blocks) for address, block in blocks.items()}
    changed = {address for address, block in blocks.items() if block != before.get(address)}
    gone = before.keys() - blocks.keys()
    related = {
        address
        for address, block in blocks.items()
        if references[address] & changed or _references(block, before) & gone
    }
    kept = _closure({*changed, *related}, references)
    for section, prefix in _SECTIONS.items():
        types = document.get(section, {})
        for type_, named in types.items():
            if isinstance(named, dict):
                types[type_] = {
                    name: body for name, body in named.items() if f"{prefix}{type_}.{name}" in kept
                }
        _replace(
            document, section, {each: named for each, named in document.get(section, {}).items() if named}
        )
    outputs, before_change = document.get("output", {}), original.get("output", {})
    changed_outputs = {name: each for name, each in outputs.items() if each != before_change.get(name)}
    _replace(document, "output", changed_outputs)
    document.pop("import", None)


def _replace(document: Document, section: str, content: object) -> None:
    """Replace a section. Terraform rejects empty ones."""
    document.pop(section, None)
    if content:
        document[section] = content


def _blocks(document: Document) -> dict[str, str]:
    """Return each resource and data source as text, by address. A type can be a list of bodies."""
    return {
        f"{prefix}{type_}.{name}": json.dumps(body, sort_keys=True)
        for section, prefix in _SECTIONS.items()
        for type_, bodies in document.get(section, {}).items()
        for named in (bodies if isinstance(bodies, list) else [bodies])
        for name, body in named.items()
    }


def _references(block: str, blocks: Iterable[str]) -> set[str]:
    return set(_REFERENCE.findall(block)) & set(blocks)


def _closure(addresses: set[str], references: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    pending = addresses
    while pending:
        found |= pending
        pending = set().union(*(references[each] for each in pending)) - found
    return found
