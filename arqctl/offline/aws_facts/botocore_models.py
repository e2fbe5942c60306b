"""Reads botocore's API models: the input shapes of each operation."""

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from arqctl.offline.aws_facts.shapes import Kind, Shape
from arqctl.offline.facts import Constraint

Json = Mapping[str, Any]
_SOURCE = "botocore"
_KINDS: Mapping[str, Kind] = {
    "structure": "object",
    "list": "array",
    "map": "map",
    "string": "string",
    "boolean": "boolean",
    **dict.fromkeys(("integer", "long", "float", "double"), "number"),
}
_LIST_WITH_COUNT = frozenset({"Items", "Quantity"})
"""CloudFront wraps each list in an object with its length."""

MAX_CLOSED_ENUM = 12
"""Longer enums list things that AWS keeps adding, such as regions, sizes and languages."""


def service_models(folder: Path) -> dict[str, Path]:
    """Return the file of each service's newest model by botocore's service name."""
    return {file.parent.parent.name: file for file in sorted(folder.glob("*/*/service-2.json.gz"))}


@dataclass(frozen=True)
class ApiModel:
    """API model of one service. Each shape is built once and shared."""

    document: Json
    _shapes: dict[str, Shape] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, file: Path) -> "ApiModel":
        """Read a `service-2.json.gz`."""
        return cls(json.loads(gzip.decompress(file.read_bytes())))

    @cached_property
    def operations(self) -> Mapping[str, str]:
        """Operation names by their lower-case form."""
        return {name.lower(): name for name in self.document["operations"]}

    def input_shape(self, operation: str) -> Shape:
        """Return the shape of an operation's input."""
        name = self.document["operations"][operation].get("input", {}).get("shape")
        return self._shape(name) if name else Shape("object")

    def required_members(self, operation: str) -> frozenset[str]:
        """Return the required members of an operation's input."""
        name = self.document["operations"][operation].get("input", {}).get("shape")
        return frozenset(self.document["shapes"][name].get("required", ())) if name else frozenset()

    def _shape(self, name: str) -> Shape:
        if name not in self._shapes:
            self._shapes[name] = self._read_shape(name)
        return self._shapes[name]

    def _read_shape(self, name: str) -> Shape:
        model = self.document["shapes"][name]
        kind = _KINDS.get(model["type"], "other")
        if kind == "object" and set(model.get("members", {})) == _LIST_WITH_COUNT:
            return self._shape(model["members"]["Items"]["shape"])
        element = model.get("member", model.get("value"))
        return Shape(
            kind=kind,
            constraint=_constraint(model, kind),
            sensitive=bool(model.get("sensitive")),
            members=cache(lambda: dict(self._members(model))),
            element=(lambda: self._shape(element["shape"])) if element else None,
        )

    def _members(self, model: Json) -> Iterator[tuple[str, Shape]]:
        for name, member in model.get("members", {}).items():
            yield name, self._shape(member["shape"])


def _constraint(model: Json, kind: Kind) -> Constraint | None:
    low, high = model.get("min"), model.get("max")
    if kind == "string":
        values = tuple(model.get("enum", ()))
        constraint = Constraint(
            _SOURCE,
            values=values if len(values) <= MAX_CLOSED_ENUM else (),
            pattern=model.get("pattern", ""),
            min_length=low,
            max_length=high,
        )
    elif kind == "number":
        constraint = Constraint(_SOURCE, minimum=low, maximum=high)
    elif kind == "array":
        constraint = Constraint(_SOURCE, min_items=low, max_items=high)
    else:
        return None
    return constraint if constraint != Constraint(_SOURCE) else None
