"""Committed snapshots: one normalized JSON file per stack, compared argument by argument."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from arqctl.core.assembly import Stack
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Json
from arqctl.gate.report import SnapshotChange, SnapshotState

_LABELLED = {"resource": 2, "data": 2, "provider": 1, "module": 1, "output": 1, "variable": 1}
"""The number of labels of each kind of block."""


def snapshot_text(cdk_tf_json: str) -> str:
    """Return a normalized stack: sorted keys, indented, without values that differ between equal stacks.

    It removes CDKTF's `//` metadata (version, outputs, stack traces) and the path of a local backend, which
    depends on the machine.
    """
    normalized = _without_volatile_values(json.loads(cdk_tf_json))
    return json.dumps(normalized, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


@dataclass(frozen=True)
class Comparison:
    """The differences between a stack and its snapshot."""

    state: SnapshotState
    changes: tuple[SnapshotChange, ...] = ()


def compare(stack: Stack, folder: Path) -> Comparison:
    """Compare a stack with its committed snapshot, `NAME.json` in the folder.

    Raises:
        InputError: if the committed file is not JSON.
    """
    file = folder / f"{stack.name}.json"
    if not file.is_file():
        return Comparison("missing")
    try:
        committed = snapshot_text(file.read_text(encoding="utf-8"))
    except ValueError as error:
        fix = "Restore it, or run `arqctl snapshot update`"
        raise InputError([Problem(str(file), f"is not JSON: {error}", fix)]) from error
    synthesized = snapshot_text(stack.text)
    if committed == synthesized:
        return Comparison("match")
    return Comparison("differs", tuple(_changes(stack.name, json.loads(committed), json.loads(synthesized))))


def _changes(stack: str, before: Json, after: Json) -> Iterator[SnapshotChange]:
    """Yield each address that differs; for changed ones with the arguments."""
    old, new = dict(_blocks(before)), dict(_blocks(after))
    for address in sorted(old.keys() | new.keys()):
        if address not in old:
            yield SnapshotChange(address=address, change="added", stack=stack)
        elif address not in new:
            yield SnapshotChange(address=address, change="removed", stack=stack)
        elif old[address] != new[address]:
            arguments = tuple(sorted(set(_changed_arguments(old[address], new[address], ()))))
            yield SnapshotChange(address=address, change="changed", arguments=arguments, stack=stack)


def _blocks(document: Json) -> Iterator[tuple[str, Json]]:
    """Yield everything that has an address. Other top-level keys of the document count as one block each."""
    for kind, value in (document if isinstance(document, dict) else {}).items():
        yield from _labelled(kind if kind != "resource" else "", value, _LABELLED.get(kind, 0))


def _labelled(prefix: str, value: Json, depth: int) -> Iterator[tuple[str, Json]]:
    if depth == 0 or not isinstance(value, dict):
        yield prefix, value
        return
    for name, item in value.items():
        yield from _labelled(f"{prefix}.{name}".lstrip("."), item, depth - 1)


def _changed_arguments(before: Json, after: Json, path: tuple[str, ...]) -> Iterator[str]:
    """Yield the dotted names of differing arguments; a list of different length counts as one."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in before.keys() | after.keys():
            if before.get(name) != after.get(name):
                yield from _changed_arguments(before.get(name), after.get(name), (*path, name))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for old, new in zip(before, after, strict=True):
            if old != new:
                yield from _changed_arguments(old, new, path)
    else:
        yield ".".join(path)


def _without_volatile_values(value: Json) -> Json:
    normalized = _without_metadata(value)
    match normalized:
        case {"terraform": {"backend": {"local": dict(local)}}}:
            local.pop("path", None)
    return normalized


def _without_metadata(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _without_metadata(item) for key, item in value.items() if key != "//"}
    if isinstance(value, list):
        return [_without_metadata(item) for item in value]
    return value
