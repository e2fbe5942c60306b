"""Validates Loki's configuration against the keys that scripts/derive_loki_keys.py derives."""

import re
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from constructs_arq.platform.support_matrix import Chart, find_release

FOLDER = Path(__file__).parent / "loki_keys"
_ROOT = "root"
# Loki reads some durations as Go does, others as Prometheus does: both know these units.
_DURATION = re.compile(r"(\d+(ms|s|m|h))+")
_SIZE = re.compile(r"\d+(B|KB|MB|GB|TB)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

_SCALARS: dict[str, Callable[[Any], bool]] = {
    "boolean": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "duration": lambda value: isinstance(value, str) and bool(_DURATION.fullmatch(value)),
    "int": lambda value: _is_number(value, int) or (isinstance(value, str) and bool(_SIZE.fullmatch(value))),
    "float": lambda value: _is_number(value, int, float),
    "daytime": lambda value: isinstance(value, str) and bool(_DATE.fullmatch(value)),
    "list-of-strings": lambda value: isinstance(value, list) and all(isinstance(each, str) for each in value),
}
_LISTS = {"list-of-period_configs": "period_config"}


def validate_loki(configuration: dict[str, Any]) -> None:
    """Fail for a key that Loki doesn't have, and for a value of another type than Loki's."""
    _validate(configuration, _ROOT, "", "")


def _validate(values: dict[str, Any], block: str, parent: str, where: str) -> None:
    keys = _blocks()[block]
    for name, value in values.items():
        path, place = f"{parent}{name}", f"{where}{name}"
        kind = keys.get(path)
        if kind is None:
            assert any(key.startswith(f"{path}.") for key in keys), f"Loki has no key {place}"
            assert isinstance(value, dict), f"{place} has keys in it, got {value!r}"
            _validate(value, block, f"{path}.", f"{place}.")
        elif kind in _SCALARS:
            assert _SCALARS[kind](value), f"{place} is a {kind}, got {value!r}"
        elif kind in _LISTS:
            for each in value:
                _validate(each, _LISTS[kind], "", f"{place}.")
        else:
            assert kind in _blocks(), f"{place}: no keys of {kind} are derived"
            assert isinstance(value, dict), f"{place} has keys in it, got {value!r}"
            _validate(value, kind, "", f"{place}.")


@cache
def _blocks() -> dict[str, dict[str, str]]:
    file = FOLDER / f"loki-{find_release(Chart.LOKI).app_version}.txt"
    assert file.exists(), f"no {file.name}: derive it with scripts/derive_loki_keys.py"
    blocks: dict[str, dict[str, str]] = defaultdict(dict)
    for block, path, kind in map(str.split, file.read_text(encoding="utf-8").splitlines()):
        blocks[block][path] = kind
    return dict(blocks)


def _is_number(value: Any, *types: type) -> bool:
    return isinstance(value, types) and not isinstance(value, bool)
