"""CloudFormation's resource types, from the schemas that cfn-lint carries, as shapes."""

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
_LONGEST_CHAIN = 10
"""References lead to references, but none of AWS's to more than a few."""

_CHOICES = ("oneOf", "anyOf")
_BRANCHES = (*_CHOICES, "allOf")
_KINDS: Mapping[str, Kind] = {
    "object": "object",
    "array": "array",
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
}


def read_resource_types(folder: Path) -> "dict[str, ResourceType]":
    """Every resource type by name, from cfn-lint's folder of schemas: all regions together."""
    documents = (json.loads(file.read_bytes()) for file in sorted((folder / "resources").glob("*.json")))
    return {
        document["typeName"]: ResourceType(document)
        for document in documents
        if document["typeName"].startswith("AWS::")
    }


@dataclass(frozen=True)
class ResourceType:
    """One resource type: the shape of its properties. What has no marks in it is worked out once."""

    document: Json = field(repr=False)
    _plain: dict[int, Shape] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """Like `AWS::EC2::VPC`."""
        return str(self.document["typeName"])

    @cached_property
    def shape(self) -> Shape:
        """Its properties, with what is create-only, read-only and write-only marked."""
        return self._shape(self.document, ())

    @cached_property
    def _fixed(self) -> frozenset[Names]:
        return self._marked("createOnlyProperties")

    @cached_property
    def _answered(self) -> frozenset[Names]:
        return self._marked("readOnlyProperties")

    @cached_property
    def _secret(self) -> frozenset[Names]:
        return self._marked("writeOnlyProperties")

    @cached_property
    def _leading_to_marks(self) -> frozenset[Names]:
        marks = self._fixed | self._answered | self._secret
        return frozenset(path[:length] for path in marks for length in range(len(path) + 1))

    def _marked(self, keyword: str) -> frozenset[Names]:
        return frozenset(_names(pointer) for pointer in self.document.get(keyword, ()))

    def _shape(self, schema: Json, path: Names) -> Shape:
        if path in self._leading_to_marks:
            return self._read_shape(schema, path)
        if id(schema) not in self._plain:
            self._plain[id(schema)] = self._read_shape(schema, path)
        return self._plain[id(schema)]

    def _read_shape(self, schema: Json, path: Names) -> Shape:
        schema = self._resolved(schema)
        kind = _kind(schema)
        items = schema.get("items")
        element = items if isinstance(items, dict) else {}
        return Shape(
            kind=kind,
            constraint=_constraint(schema, kind),
            secret=path in self._secret,
            fixed=path in self._fixed,
            answered=path in self._answered,
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
                yield self._resolved(branch)

    def _resolved(self, schema: Json) -> Json:
        """Follow references; what stands beside one goes before what it leads to."""
        for _ in range(_LONGEST_CHAIN):
            if "$ref" not in schema:
                break
            target: Any = self.document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                target = target.get(step, {})
            schema = {**target, **{name: part for name, part in schema.items() if name != "$ref"}}
        return schema


def _names(pointer: str) -> Names:
    return tuple(
        step for step in pointer.split("/") if step and step not in ("properties", "*", "items", "[*]")
    )


def _kind(schema: Json) -> Kind:
    declared = schema.get("type")
    if "properties" in schema or (declared in (None, "object") and any(key in schema for key in _CHOICES)):
        return "object"
    if declared == "object":
        return "map"
    return _KINDS.get(declared, "other") if isinstance(declared, str) else "other"


def _without_constraint(shape: Shape) -> Shape:
    """What one of several alternatives says of a member doesn't hold in the others."""
    return Shape(
        shape.kind, None, shape.secret, shape.fixed, shape.answered, shape.members, element=shape.element
    )


def _constraint(schema: Json, kind: Kind) -> Constraint | None:
    if any(key in schema for key in (*_BRANCHES, "not", "if")):
        return None
    if kind == "string":
        found = Constraint(
            _SOURCE,
            values=tuple(each for each in schema.get("enum", ()) if isinstance(each, str)),
            pattern=schema.get("pattern", ""),
            min_length=schema.get("minLength"),
            max_length=schema.get("maxLength"),
        )
    elif kind == "number":
        values = tuple(str(each) for each in schema.get("enum", ()))
        found = Constraint(_SOURCE, values, minimum=schema.get("minimum"), maximum=schema.get("maximum"))
    elif kind == "array":
        found = Constraint(_SOURCE, min_items=schema.get("minItems"), max_items=schema.get("maxItems"))
    else:
        return None
    return found if found != Constraint(_SOURCE) else None
