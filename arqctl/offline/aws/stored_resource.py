"""A resource as the simulated account stores it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from arqctl.offline.values import Value


@dataclass(frozen=True, slots=True)
class StoredResource:
    """A resource that exists. `state` has its values without secrets."""

    type: str
    id: str
    region: str
    state: Mapping[str, Value]


def from_row(row: tuple[str, str, str, str]) -> StoredResource:
    """Return the resource of a row: type, id, region and state."""
    return StoredResource(row[0], row[1], row[2], json.loads(row[3]))


def to_json(state: Mapping[str, Value]) -> str:
    """Return the values of a resource as JSON text."""
    return json.dumps(state, default=_to_json_number, separators=(",", ":"))


def _to_json_number(value: object) -> int | float:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{value!r} is unknown and can't be saved")
