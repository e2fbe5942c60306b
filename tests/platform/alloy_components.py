"""Validates Alloy's configuration against the components that scripts/derive_alloy_components.py derives."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from constructs_arq.platform.support_matrix import Chart, find_release
from tests.platform.alloy_parser import Call, ParsedBlock, Reference, parse

FOLDER = Path(__file__).parent / "alloy_components"
# Blocks of a configuration that are no components, so that they have no label.
_CONFIGURATION = {"logging"}
_DURATION = re.compile(r"(\d+(ms|s|m|h))+")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_SCALARS: dict[str, Callable[[Any], bool]] = {
    "duration": lambda value: _is_text(value) and bool(_DURATION.fullmatch(value)),
    "bool": lambda value: isinstance(value, bool),
    **dict.fromkeys(("string", "secret", "size"), _is_text),
    **dict.fromkeys(("int", "uint", "number", "float"), _is_number),
}
_EXPRESSIONS = {"expression", "firstline", "regex"}
_RECEIVERS = {"LogsReceiver", "receiver"}
_FUNCTIONS = {"sys.env": "string"}
# The stages in `stage.match` are those of the component.
_NESTED = {"stage.match": "-"}


@dataclass
class _Component:
    # By block and name: the type, and whether it is required.
    entries: dict[str, dict[str, tuple[str, bool]]] = field(default_factory=lambda: defaultdict(dict))


def validate_alloy(text: str) -> list[ParsedBlock]:
    """Fail for components, blocks and arguments that Alloy doesn't have, and for references to nothing.

    Return the blocks. Rules between arguments are not checked: only Alloy knows them.
    """
    blocks = parse(text)
    labelled: dict[str, str] = {}
    for block in blocks:
        known = _components()
        assert block.name in known, f"line {block.line}: no keys of {block.name} are derived"
        assert (block.label is None) == (block.name in _CONFIGURATION), f"line {block.line}: label"
        place = f"{block.name}.{block.label}"
        assert place not in labelled, f"line {block.line}: {place} is there twice"
        labelled[place] = block.name
    for block in blocks:
        _validate(block, block.name, "-", labelled)
    return blocks


def _validate(block: ParsedBlock, component: str, inside: str, labelled: dict[str, str]) -> None:
    entries = _components()[component].entries
    allowed = entries.get(inside, {})
    where = f"line {block.line}: {block.name}"
    for name, value in block.arguments.items():
        kind = allowed.get(name, ("", False))[0]
        assert kind not in ("", "block"), f"{where} has no argument {name}"
        assert _has_type(value, kind, labelled), f"{where}: {name} is a {kind}, got {value!r}"
        if name in _EXPRESSIONS and isinstance(value, str):
            re.compile(value)
    missing = {
        name
        for name, (kind, required) in allowed.items()
        if required and kind != "block" and name not in block.arguments
    }
    assert not missing, f"{where} needs {sorted(missing)}"
    for each in block.blocks:
        nested = entries.get(_NESTED.get(inside, inside), {})
        assert nested.get(each.name, ("", False))[0] == "block", f"{where} has no block {each.name}"
        _validate(each, component, each.name, labelled)


def _has_type(value: Any, kind: str, labelled: dict[str, str]) -> bool:
    if isinstance(value, Call):
        return _FUNCTIONS.get(value.function) == kind
    if isinstance(value, Reference):
        return _same(_export(value, labelled), kind)
    if inner := re.fullmatch(r"list\((.*)\)", kind):
        return isinstance(value, list) and all(_has_type(each, inner[1], labelled) for each in value)
    if inner := re.fullmatch(r"map\((.*)\)", kind):
        return isinstance(value, dict) and all(_has_type(each, inner[1], labelled) for each in value.values())
    return kind in _SCALARS and _SCALARS[kind](value)


def _export(reference: Reference, labelled: dict[str, str]) -> str:
    component, _, name = reference.path.rpartition(".")
    assert component in labelled, f"{reference.path}: there is no component {component}"
    exports = _components()[labelled[component]].entries["export"]
    assert name in exports, f"{reference.path}: {labelled[component]} exports {sorted(exports)}"
    return exports[name][0]


def _same(exported: str, kind: str) -> bool:
    return exported == kind or {exported, kind} <= _RECEIVERS


@cache
def _components() -> dict[str, _Component]:
    file = FOLDER / f"alloy-{find_release(Chart.ALLOY).app_version}.txt"
    assert file.exists(), f"no {file.name}: derive it with scripts/derive_alloy_components.py"
    found: dict[str, _Component] = defaultdict(_Component)
    for line in file.read_text(encoding="utf-8").splitlines():
        component, block, name, kind, required = line.split()
        found[component].entries[block][name] = (kind, required == "yes")
    return dict(found)
