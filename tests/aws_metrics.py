"""The metrics of AWS with their dimensions, and those that the project's own code publishes."""

import tomllib
from collections.abc import Iterable
from pathlib import Path

_TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["metrics"]
_PUBLISHED = {
    (table["namespace"], name, frozenset(dimensions))
    for table in _TABLE
    for name in table["names"]
    for dimensions in table["dimensions"]
}
# Metrics of canaries' code, of the drill, and of metric filters. Their names are in the code.
_OWN = {
    *(
        ("CloudWatchSynthetics", name, frozenset({"CanaryName"}))
        for name in ("CertificateDays", "DomainDays", "WrongNameServers")
    ),
    ("Arq/Paging", "Drill", frozenset({"Environment"})),
    ("arq/Recovery", "DaysSinceRestore", frozenset({"Environment"})),
    ("arq/Recovery", "ResourcesWithoutBackup", frozenset({"Environment", "Region"})),
}
_METRIC_FILTERS = ("Arq/Database", frozenset[str]())


def is_published(namespace: str, name: str, dimensions: Iterable[str]) -> bool:
    """Return whether AWS, or code of the project, publishes a metric with these dimensions."""
    names = frozenset(dimensions)
    return (namespace, name, names) in _PUBLISHED | _OWN or (namespace, names) == _METRIC_FILTERS


def sources() -> list[str]:
    """Return the pages of AWS that list the metrics."""
    return [table["source"] for table in _TABLE]
