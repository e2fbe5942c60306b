"""Derive the keys of a chart's values, which synthesis compares our values with.

    python scripts/derive_chart_values.py FOLDER > constructs_arq/platform/chart_keys/NAME-VERSION.txt

Reads an unpacked chart: its default values, its values.schema.json, and the values that templates refer to.
Writes one line for each key: the path and the type. `map` and `list` have contents of any form, for example a
value that a template copies into an object. `any` is a key without default. Each subchart is one `map`.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import yaml

Document: TypeAlias = "Mapping[str, Any]"

_TYPES = {bool: "boolean", int: "number", float: "number", str: "string", list: "list", dict: "map"}
_SCHEMA_TYPES = {"integer": "number", "array": "list", "object": "map"}
_REFERENCE = re.compile(r"\.Values\.([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)")
# `toYaml .Values.x`, and `with .Values.x` whose block copies it with `toYaml .`.
_COPY = re.compile(
    rf"toYaml\s+\(?\$?{_REFERENCE.pattern}"
    rf"|with\s+\$?{_REFERENCE.pattern}\s*-?}}}}(?:(?!{{{{-?\s*(?:with|if|range|end|else)\b).)*?toYaml\s+\.[\s|}})]",
    re.DOTALL,
)
# A template that writes all keys of a map.
_RANGE = re.compile(r'range\s+\$\w+,\s*\$\w+\s*:=\s*index\s+\.Values\s+"([^"]+)"')


def main(folder: Path) -> None:
    """Print the keys of a chart."""
    for path, kind in sorted(derive(folder).items()):
        sys.stdout.write(f"{path} {kind}\n")


def derive(folder: Path) -> dict[str, str]:
    """Return the type of each key by path."""
    values = yaml.safe_load((folder / "values.yaml").read_text(encoding="utf-8")) or {}
    keys = dict(_keys_of_values(values, ""))
    schema_file = folder / "values.schema.json"
    if schema_file.exists():
        schema = json.loads(schema_file.read_text(encoding="utf-8"))
        for path, kind in _keys_of_schema(schema, schema, ""):
            if keys.get(path, "any") == "any":
                keys[path] = kind
    templates = [
        file.read_text(encoding="utf-8")
        for file in sorted((folder / "templates").rglob("*"))
        if file.suffix in {".yaml", ".yml", ".tpl", ".txt"}
    ]
    for template in templates:
        for reference in _REFERENCE.finditer(template):
            keys.setdefault(reference[1], "any")
    chart = yaml.safe_load((folder / "Chart.yaml").read_text(encoding="utf-8"))
    subcharts = {each.get("alias") or each["name"] for each in chart.get("dependencies", ())}
    copied = {match[1] or match[2] for template in templates for match in _COPY.finditer(template)}
    copied |= {_escape(match[1]) for template in templates for match in _RANGE.finditer(template)}
    # A chart that copies `resources.operator`, or else `resources`, has a key for each component.
    copied = {path for path in copied if not any(each.startswith(f"{path}.") for each in copied)}
    maps = {path for path, kind in keys.items() if kind == "map"}
    # Parents last: a map in a map is no key.
    for path in sorted(subcharts | copied | maps, key=len, reverse=True):
        keys = _open(keys, path)
    return _without_parents(keys)


def _keys_of_values(values: Document, parent: str) -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        path = f"{parent}{_escape(key)}"
        if isinstance(value, dict) and value:
            yield from _keys_of_values(value, f"{path}.")
        else:
            yield path, _TYPES.get(type(value), "any")


def _keys_of_schema(schema: Document, root: Document, parent: str) -> Iterator[tuple[str, str]]:
    for key, child in schema.get("properties", {}).items():
        path = f"{parent}{_escape(key)}"
        resolved = _resolve(child, root)
        if resolved.get("properties"):
            yield from _keys_of_schema(resolved, root, f"{path}.")
        else:
            types = resolved.get("type", [])
            kinds = {types} if isinstance(types, str) else set(types) - {"null"}
            kind = kinds.pop() if len(kinds) == 1 else "any"
            yield path, _SCHEMA_TYPES.get(kind, kind)


def _resolve(schema: object, root: Document) -> Document:
    """Follow references in the same document. A schema `true` accepts everything."""
    while isinstance(schema, dict) and "$ref" in schema:
        reference: Any = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            reference = reference[step]
        schema = reference
    return schema if isinstance(schema, dict) else {}


def _open(keys: Mapping[str, str], path: str) -> dict[str, str]:
    """Replace the keys below a path by one map, unless the path is a list or a scalar."""
    kept = {key: kind for key, kind in keys.items() if not key.startswith(f"{path}.")}
    return {**kept, path: "map" if kept.get(path, "any") == "any" else kept[path]}


def _without_parents(keys: Mapping[str, str]) -> dict[str, str]:
    """Drop the parents of other keys: a condition in a template refers to a parent."""
    parents = {path[:dot] for path in keys for dot in _dots(path)}
    return {path: kind for path, kind in keys.items() if not (path in parents and kind == "any")}


def _dots(path: str) -> Iterator[int]:
    yield from (match.start() for match in re.finditer(r"(?<!\\)\.", path))


def _escape(key: str) -> str:
    return str(key).replace(".", "\\.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
