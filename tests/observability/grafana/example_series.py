"""Samples of all metrics that dashboards query, as their exporters would report them."""

import math
import tomllib
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

from constructs_arq.observability.prometheus.rules import RecordingRule
from constructs_arq.observability.slo.prometheus_slos import rule_groups
from constructs_arq.observability.slo.recording_rules import BUDGET_LEFT, OBJECTIVE
from environments.production import PRODUCTION
from tests.observability.prometheus_server import Samples

_FILE = Path(__file__).parent / "exporter_series.toml"
_STEP_SECONDS = 30
_COUNTERS = ("_total", "_count", "_bucket")
_CAPACITIES = (
    "MemTotal_bytes",
    "size_bytes",
    "capacity_bytes",
    "allocatable",
    "max_replicas",
    "max_connections",
)
_CAPACITY = 4.0
_FAILURES = 0.0005
_EXAMPLES = {OBJECTIVE: 0.999, BUDGET_LEFT: 0.62}
# The shares of requests up to the bound of a bucket.
_BUCKETS = {"0.05": 0.6, "0.1": 0.9, "0.25": 0.99, "0.3": 0.996}


def example_series(length: int) -> list[Samples]:
    """Return `length` samples of each series: counters grow with a wave, and gauges follow it."""
    exporters: dict[str, dict[str, Any]] = tomllib.loads(_FILE.read_text())
    series = []
    for exporter in exporters.values():
        for metric, entries in exporter["metrics"].items():
            scale = exporter.get("scale", {}).get(metric, 1)
            for labels in entries if isinstance(entries, list) else [entries]:
                values = [scale * value for value in _values(metric, labels, length)]
                series.append(Samples(metric, {**exporter["target"], **labels}, values))
    series += _recorded(length)
    series.append(Samples("up", {"job": "api", "namespace": "shop", "pod": "api-7d9c-x2x"}, [1.0] * length))
    return series


def _recorded(length: int) -> Iterator[Samples]:
    """Yield the series that rules of the objectives record, with a small value."""
    for slo in PRODUCTION.slos:
        for group in rule_groups(slo):
            for rule in group.rules:
                if isinstance(rule, RecordingRule):
                    value = _EXAMPLES.get(rule.record, _FAILURES)
                    yield Samples(rule.record, rule.labels, [value] * length)


def _values(metric: str, labels: dict[str, str], length: int) -> list[float]:
    wave = [1 + 0.5 * math.sin(index / 20) for index in range(length)]
    if metric.endswith(_CAPACITIES):
        return [_CAPACITY] * length
    if not metric.endswith(_COUNTERS):
        return wave
    failed = not {"500", "failed"}.isdisjoint(labels.values())
    share = _FAILURES if failed else _BUCKETS.get(labels.get("le", ""), 1.0)
    return list(accumulate(share * value * _STEP_SECONDS for value in wave))
