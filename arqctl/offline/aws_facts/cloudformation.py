"""Reads CloudFormation's resource types from cfn-lint's schemas as shapes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from arqctl.offline.aws_facts.shapes import Kind, Shape
from arqctl.offline.facts import Constraint, Names

Json = Mapping[str, Any]
_SOURCE = "CloudFormation"
_MAX_REFERENCES = 10
"""Limits chains of `$ref`; AWS's are short."""

_ALTERNATIVES = ("oneOf", "anyOf")
_BRANCHES = (*_ALTERNATIVES, "allOf")
_KINDS: Mapping[str, Kind] = {
    "object": "object",
    "array": "array",
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
}


def read_resource_types(folder: Path) -> "dict[str, ResourceType]":
    """Read every resource type by name from cfn-lint's schema folder, merged over all regions."""
    documents = (json.loads(file.read_bytes()) for file in sorted((folder / "resources").glob("*.json")))
    return {
        document["typeName"]: ResourceType(document)
        for document in documents
        if document["typeName"].startswith("AWS::")
    }


@dataclass(frozen=True)
class ResourceType:
    """One resource type and the shape of its properties.

    Shapes without create-only, read-only or write-only properties are built once and shared.
    """

    document: Json = field(repr=False)
    _shared_shapes: dict[int, Shape] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """The type's name, such as `AWS::EC2::VPC`."""
        return str(self.document["typeName"])

    @cached_property
    def shape(self) -> Shape:
        """The properties, with create-only, read-only and write-only ones marked."""
        return self._shape(self.document, ())

    @cached_property
    def _create_only(self) -> frozenset[Names]:
        return self._property_paths("createOnlyProperties")

    @cached_property
    def _read_only(self) -> frozenset[Names]:
        return self._property_paths("readOnlyProperties")

    @cached_property
    def _write_only(self) -> frozenset[Names]:
        return self._property_paths("writeOnlyProperties")

    @cached_property
    def _marked_prefixes(self) -> frozenset[Names]:
        marks = self._create_only | self._read_only | self._write_only
        return frozenset(path[:length] for path in marks for length in range(len(path) + 1))

    def _property_paths(self, keyword: str) -> frozenset[Names]:
        return frozenset(_property_path(pointer) for pointer in self.document.get(keyword, ()))

    def _shape(self, schema: Json, path: Names) -> Shape:
        if path in self._marked_prefixes:
            return self._read_shape(schema, path)
        if id(schema) not in self._shared_shapes:
            self._shared_shapes[id(schema)] = self._read_shape(schema, path)
        return self._shared_shapes[id(schema)]

    def _read_shape(self, schema: Json, path: Names) -> Shape:
        schema = self._resolve(schema)
        kind = _kind(schema)
        items = schema.get("items")
        element = items if isinstance(items, dict) else {}
        return Shape(
            kind=kind,
            constraint=_constraint(schema, kind),
            sensitive=path in self._write_only,
            create_only=path in self._create_only,
            read_only=path in self._read_only,
            members=cache(lambda: dict(self._members(schema, path))),
            element=(lambda: self._shape(element, path)) if kind == "array" else None,
        )

    def _members(self, schema: Json, path: Names) -> Iterator[tuple[str, Shape]]:
        own = schema.get("properties", {})
        for branch in self._branches(schema):
            for name, part in branch.get("properties", {}).items():
                if name not in own:
                    yield name, _without_constraint(self._shape(part, (*path, name)))
        for name, part in own.items():
            yield name, self._shape(part, (*path, name))

    def _branches(self, schema: Json) -> Iterator[Json]:
        for keyword in _BRANCHES:
            for branch in schema.get(keyword, ()):
                yield self._resolve(branch)

    def _resolve(self, schema: Json) -> Json:
        """Follow references. Keywords beside a reference override those of its target."""
        for _ in range(_MAX_REFERENCES):
            if "$ref" not in schema:
                break
            target: Any = self.document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                target = target.get(step, {})
            schema = {**target, **{name: part for name, part in schema.items() if name != "$ref"}}
        return schema


def _property_path(pointer: str) -> Names:
    return tuple(
        step for step in pointer.split("/") if step and step not in ("properties", "*", "items", "[*]")
    )


def _kind(schema: Json) -> Kind:
    declared = schema.get("type")
    if "properties" in schema or (
        declared in (None, "object") and any(key in schema for key in _ALTERNATIVES)
    ):
        return "object"
    if declared == "object":
        return "map"
    return _KINDS.get(declared, "other") if isinstance(declared, str) else "other"


def _without_constraint(shape: Shape) -> Shape:
    """Drop the constraint: one from a `oneOf` alternative doesn't hold in the others."""
    return Shape(
        shape.kind,
        None,
        shape.sensitive,
        shape.create_only,
        shape.read_only,
        shape.members,
        element=shape.element,
    )


def _constraint(schema: Json, kind: Kind) -> Constraint | None:
    if any(key in schema for key in (*_BRANCHES, "not", "if")):
        return None
    if kind == "string":
        constraint = Constraint(
            _SOURCE,
            values=tuple(each for each in schema.get("enum", ()) if isinstance(each, str)),
            pattern=schema.get("pattern", ""),
            min_length=schema.get("minLength"),
            max_length=schema.get("maxLength"),
        )
    elif kind == "number":
        values = tuple(str(each) for each in schema.get("enum", ()))
        constraint = Constraint(_SOURCE, values, minimum=schema.get("minimum"), maximum=schema.get("maximum"))
    elif kind == "array":
        constraint = Constraint(_SOURCE, min_items=schema.get("minItems"), max_items=schema.get("maxItems"))
    else:
        return None
    return constraint if constraint != Constraint(_SOURCE) else None
