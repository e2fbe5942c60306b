"""The keys of third-party charts that values may set, read from chart_values.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from policies.stack import Json

_FILE = Path(__file__).with_name("chart_values.toml")


@dataclass(frozen=True)
class ChartSettings:
    """The keys that the values of a chart may set."""

    keys: frozenset[str] = frozenset()
    """Paths of keys. A path includes everything below it."""
    required: Mapping[str, Json] = field(default_factory=dict)
    """Values by path, where the chart's default breaks a rule."""
    host_access: str | None = None
    """Why the pods of the chart need access to their node."""

    def has_key(self, path: str) -> bool:
        """Return whether values may set a key."""
        parts = path.split(".")
        return any(".".join(parts[:end]) in self.keys for end in range(1, len(parts) + 1))


def chart_settings(chart: str) -> ChartSettings:
    """Return the settings of a chart. Those of an unknown one have no key."""
    return _charts().get(chart, ChartSettings())


def known_charts() -> Mapping[str, ChartSettings]:
    """Return all charts by name."""
    return _charts()


@cache
def _charts() -> dict[str, ChartSettings]:
    with _FILE.open("rb") as file:
        tables = tomllib.load(file)
    return {
        chart: ChartSettings(
            frozenset(table.get("keys", ())), table.get("required", {}), table.get("host_access")
        )
        for chart, table in tables.items()
    }
