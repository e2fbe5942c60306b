"""Validates custom resources with schemas that scripts/derive_crd_schemas.py derives from their definitions.

The rules in `x-kubernetes-validations` are not evaluated: they need a CEL interpreter.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from tests.kubernetes.core_types import describe, validate_metadata

FOLDER = Path(__file__).parent / "crd_schemas"
Schema = dict[str, Any]

_PARTIAL = ("allOf", "anyOf", "oneOf", "not")


def validate_custom_object(manifest: Schema) -> None:
    """Fail if an object has an unknown field, which Kubernetes removes silently, or an invalid value."""
    definition = read_definition(manifest["kind"])
    group, _, version = manifest["apiVersion"].partition("/")
    assert group == definition["group"], f"{describe(manifest)}: the group is {definition['group']}"
    schema = close(object_schema(definition, version))
    for error in jsonschema.Draft4Validator(schema).iter_errors(manifest):
        raise AssertionError(f"{describe(manifest)} at {error.json_path}: {error.message}")
    for path, repeated in find_repeated(schema, manifest, "$"):
        raise AssertionError(f"{describe(manifest)} at {path}: {repeated} is repeated")
    namespaced = "namespace" in manifest["metadata"]
    assert namespaced == (definition["scope"] == "Namespaced"), f"{describe(manifest)}: {definition['scope']}"
    validate_metadata(manifest)


def validate_custom_part(value: object, kind: str, path: str, where: str) -> None:
    """Fail if a value is not valid at a path of a kind, such as `spec.kubernetes.deployment`."""
    schema = close(read_definition(kind)["schemas"][-1]["schema"])
    for step in path.split("."):
        schema = schema["properties"][step]
    for error in jsonschema.Draft4Validator(schema).iter_errors(value):
        raise AssertionError(f"{where} at {error.json_path}: {error.message}")


@cache
def read_definition(kind: str) -> Schema:
    """Return the derived definition of a kind."""
    file = FOLDER / f"{kind}.json"
    assert file.exists(), f"no schema of {kind}: derive it with scripts/derive_crd_schemas.py"
    definition: Schema = json.loads(file.read_text(encoding="utf-8"))
    return definition


def object_schema(definition: Schema, version: str) -> Schema:
    """Return the schema of a version, with the fields that all objects have."""
    for each in definition["schemas"]:
        if version in each["versions"]:
            schema: Schema = each["schema"]
            common: Schema = {
                "apiVersion": {},
                "kind": {},
                "metadata": {"type": "object", "required": ["name"]},
            }
            required = ["apiVersion", "kind", "metadata", *schema["required"]]
            return {"type": "object", "properties": {**common, **schema["properties"]}, "required": required}
    raise AssertionError(f"{version} is not one of {[each['versions'] for each in definition['schemas']]}")


def close(schema: Any) -> Any:
    """Return a schema for JSON Schema validators that refuses unknown fields, as `kubectl apply` does."""
    if not isinstance(schema, dict):
        return schema
    closed: Schema = {}
    for key, value in schema.items():
        if key == "properties":
            closed[key] = {name: close(each) for name, each in value.items()}
        elif key in {"items", "additionalProperties"}:
            closed[key] = close(value)
        else:
            # Parts of a schema repeat only the properties that they constrain.
            closed[key] = value
    is_open = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
    if "properties" in schema and not is_open:
        closed["additionalProperties"] = False
    if schema.get("nullable") and "type" in schema:
        closed["type"] = [schema["type"], "null"]
    if schema.get("x-kubernetes-list-type") == "set":
        closed["uniqueItems"] = True
    return closed


def find_repeated(schema: Any, value: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the keys of list elements that occur twice. The API server refuses them."""
    if isinstance(value, dict):
        properties, others = schema.get("properties", {}), schema.get("additionalProperties")
        for name, each in value.items():
            child = properties.get(name, others)
            if isinstance(child, dict):
                yield from find_repeated(child, each, f"{path}.{name}")
    elif isinstance(value, list):
        keys = schema.get("x-kubernetes-list-map-keys")
        if keys:
            found = [{key: each.get(key) for key in keys} for each in value]
            yield from ((path, each) for i, each in enumerate(found) if each in found[:i])
        for i, each in enumerate(value):
            yield from find_repeated(schema.get("items", {}), each, f"{path}[{i}]")


def patterns(schema: Any) -> Iterator[re.Pattern[str]]:
    """Yield the compiled patterns of a schema."""
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield re.compile(schema["pattern"])
        for each in schema.values():
            yield from patterns(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from patterns(each)
