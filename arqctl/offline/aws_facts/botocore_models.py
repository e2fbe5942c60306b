"""AWS's APIs, from the models that botocore carries, as shapes of what an operation is given."""

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
_COUNTED = frozenset({"Items", "Quantity"})
"""CloudFront tells with each list how many it holds."""

CLOSED_CHOICE = 12
"""A list of more values than this is of things that AWS goes on adding: regions, sizes, languages."""


def services(folder: Path) -> dict[str, Path]:
    """Each service's newest model, by botocore's name of the service."""
    return {file.parent.parent.name: file for file in sorted(folder.glob("*/*/service-2.json.gz"))}


@dataclass(frozen=True)
class Api:
    """One service's model. Its shapes are worked out once: many stand in many others."""

    document: Json
    _shapes: dict[str, Shape] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, file: Path) -> "Api":
        """Read a `service-2.json.gz`."""
        return cls(json.loads(gzip.decompress(file.read_bytes())))

    @cached_property
    def operations(self) -> Mapping[str, str]:
        """Names of operations by their names in small letters."""
        return {name.lower(): name for name in self.document["operations"]}

    def given_to(self, operation: str) -> Shape:
        """The shape of an operation's input."""
        name = self.document["operations"][operation].get("input", {}).get("shape")
        return self._shape(name) if name else Shape("object")

    def required_by(self, operation: str) -> frozenset[str]:
        """Names of the members that an operation can't do without."""
        name = self.document["operations"][operation].get("input", {}).get("shape")
        return frozenset(self.document["shapes"][name].get("required", ())) if name else frozenset()

    def _shape(self, name: str) -> Shape:
        if name not in self._shapes:
            self._shapes[name] = self._read_shape(name)
        return self._shapes[name]

    def _read_shape(self, name: str) -> Shape:
        model = self.document["shapes"][name]
        kind = _KINDS.get(model["type"], "other")
        if kind == "object" and set(model.get("members", {})) == _COUNTED:
            return self._shape(model["members"]["Items"]["shape"])
        held = model.get("member", model.get("value"))
        return Shape(
            kind=kind,
            constraint=_constraint(model, kind),
            secret=bool(model.get("sensitive")),
            members=cache(lambda: dict(self._members(model))),
            element=(lambda: self._shape(held["shape"])) if held else None,
        )

    def _members(self, model: Json) -> Iterator[tuple[str, Shape]]:
        for name, member in model.get("members", {}).items():
            yield name, self._shape(member["shape"])


def _constraint(model: Json, kind: Kind) -> Constraint | None:
    low, high = model.get("min"), model.get("max")
    if kind == "string":
        values = tuple(model.get("enum", ()))
        found = Constraint(
            _SOURCE,
            values=values if len(values) <= CLOSED_CHOICE else (),
            pattern=model.get("pattern", ""),
            min_length=low,
            max_length=high,
        )
    elif kind == "number":
        found = Constraint(_SOURCE, minimum=low, maximum=high)
    elif kind == "array":
        found = Constraint(_SOURCE, min_items=low, max_items=high)
    else:
        return None
    return found if found != Constraint(_SOURCE) else None
