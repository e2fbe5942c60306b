"""Derive compact JSON schemas of custom resources, which the tests validate our objects with.

    python scripts/derive_crd_schemas.py OUTPUT KIND … --from RELEASE=FOLDER … [--keep PATH=NAME,NAME …]

Reads the CustomResourceDefinitions in the YAML files of folders: those of an unpacked chart, or the output of
`helm template --include-crds` if the definitions are templates. Writes `OUTPUT/KIND.json`: the source, the
scope, and the schema of each served version without descriptions and status. `--keep` names the properties
that the output has at a path, for example `spec.provider=aws,vault`.
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import yaml

Definition: TypeAlias = "dict[str, Any]"
Schema: TypeAlias = Any

# They describe, or only the API server applies them: `x-kubernetes-validations` needs a CEL interpreter.
_DROPPED = frozenset(
    {"default", "description", "example", "x-kubernetes-map-type", "x-kubernetes-validations"}
)
# The API server validates metadata with its own schema, and controllers write the status.
_COMMON = frozenset({"apiVersion", "kind", "metadata", "status"})
_TEMPLATE = "{{"


class _Loader(yaml.CSafeLoader):
    """Reads `=` as text. It is a type of YAML 1.1, and an operator in some definitions."""


_Loader.add_constructor("tag:yaml.org,2002:value", lambda _loader, node: node.value)


def main() -> None:
    """Write the schemas that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("output", type=Path)
    parser.add_argument("kinds", nargs="+", metavar="kind")
    parser.add_argument("--from", dest="sources", nargs="+", required=True, metavar="RELEASE=FOLDER")
    parser.add_argument("--keep", nargs="*", default=[], metavar="PATH=NAME,NAME")
    arguments = parser.parse_args()
    sources = dict(each.split("=", 1) for each in arguments.sources)
    keep = {path: set(names.split(",")) for path, names in (each.split("=", 1) for each in arguments.keep)}
    missing = set(arguments.kinds)
    for release, definition in read_definitions(sources):
        kind = definition["spec"]["names"]["kind"]
        if kind in missing:
            missing.remove(kind)
            schema = {"source": release, **derive(definition, keep)}
            text = json.dumps(schema, sort_keys=True, separators=(",", ":"))
            (arguments.output / f"{kind}.json").write_text(f"{text}\n", encoding="utf-8")
    if missing:
        raise SystemExit(f"no definition of {', '.join(sorted(missing))}")


def read_definitions(sources: Mapping[str, str]) -> Iterator[tuple[str, Definition]]:
    """Yield the release and the definition of each CustomResourceDefinition."""
    for release, folder in sources.items():
        for file in sorted(Path(folder).rglob("*.yaml")):
            text = file.read_text(encoding="utf-8")
            if "kind: CustomResourceDefinition" in text and _TEMPLATE not in text:
                documents = yaml.load_all(text, _Loader)
                yield from (
                    (release, each)
                    for each in documents
                    if each and each["kind"] == "CustomResourceDefinition"
                )


def derive(definition: Definition, keep: Mapping[str, set[str]]) -> Definition:
    """Return the reduced schemas of a definition. Versions with the same schema share one."""
    schemas: list[Definition] = []
    rules = 0
    for version in definition["spec"]["versions"]:
        if not version["served"]:
            continue
        complete = version["schema"]["openAPIV3Schema"]
        rules = max(rules, count_rules(complete))
        properties = {
            name: reduce(schema, name, keep)
            for name, schema in complete["properties"].items()
            if name not in _COMMON
        }
        required = sorted(set(complete.get("required", ())) - _COMMON)
        schema = {"properties": properties, "required": required}
        same = next((each for each in schemas if each["schema"] == schema), None)
        if same:
            same["versions"].append(version["name"])
        else:
            schemas.append({"versions": [version["name"]], "schema": schema})
    spec = definition["spec"]
    return {"group": spec["group"], "scope": spec["scope"], "cel_rules": rules, "schemas": schemas}


def count_rules(schema: Schema) -> int:
    """Return the number of CEL rules, which the reduced schema doesn't contain."""
    if isinstance(schema, list):
        return sum(count_rules(each) for each in schema)
    if not isinstance(schema, dict):
        return 0
    rules = schema.get("x-kubernetes-validations")
    return (len(rules) if isinstance(rules, list) else 0) + sum(count_rules(each) for each in schema.values())


def reduce(schema: Schema, path: str, keep: Mapping[str, set[str]]) -> Schema:
    """Return a schema without what doesn't constrain, and without the properties that `keep` doesn't name."""
    if not isinstance(schema, dict):
        return schema
    reduced: Definition = {}
    for key, value in schema.items():
        if key in _DROPPED:
            continue
        if key == "properties":
            kept = keep.get(path, value.keys())
            reduced[key] = {
                name: reduce(each, f"{path}.{name}", keep) for name, each in value.items() if name in kept
            }
        elif key in {"additionalProperties", "items", "not"}:
            reduced[key] = reduce(value, path, keep)
        elif key == "pattern":
            reduced[key] = local_flags(value)
        elif key in {"allOf", "anyOf", "oneOf"}:
            reduced[key] = [reduce(each, path, keep) for each in value]
        else:
            reduced[key] = value
    return reduced


def local_flags(pattern: str) -> str:
    """Return a pattern of Go for Python, which has flags for a group: `(?i:a)b` for `(?i)a` at the start."""
    start = pattern.find("(?i)")
    if start < 0:
        return pattern
    rest, depth = pattern[start + 4 :], 0
    end = len(rest)
    for index, character in enumerate(rest):
        depth += (character == "(") - (character == ")")
        if depth < 0:
            end = index
            break
    return f"{pattern[:start]}(?i:{rest[:end]}){local_flags(rest[end:])}"


if __name__ == "__main__":
    main()
