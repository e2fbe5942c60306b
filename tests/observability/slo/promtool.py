"""Evaluates rules over synthetic series with `promtool test rules`, in simulated time."""

import json
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path

from constructs_arq.core.slo import HttpAvailability, HttpLatency, Slo
from constructs_arq.observability.slo.prometheus_slos import rule_groups

STEP_SECONDS = 30
HOUR = 3600
# Without the history of its longest window, an alert would fire sooner.
HISTORY = 6 * HOUR
# The first scrape after the fault. The fault began right after the scrape before: the worst moment.
FIRST_SCRAPE = HISTORY
FAULT = FIRST_SCRAPE - STEP_SECONDS
AVAILABILITY = Slo(service="api", indicator=HttpAvailability(namespace="shop"))
LATENCY = Slo(
    service="api",
    objective=99.7,
    indicator=HttpLatency(namespace="shop", threshold_seconds=0.3, buckets=(0.1, 0.3, 1)),
)
SLOS = (AVAILABILITY, LATENCY)
PODS = ("a", "b")


@dataclass
class Simulation:
    """Series in steps of 30 seconds, and the alerts or values that are expected at certain seconds."""

    series: dict[str, str] = field(default_factory=dict)
    alerts: list[dict[str, object]] = field(default_factory=list)
    values: list[dict[str, object]] = field(default_factory=list)

    def run(self, folder: Path, slos: Sequence[Slo] = SLOS) -> subprocess.CompletedProcess[str]:
        """Return the result of promtool. JSON is YAML."""
        write_rules(folder / "rules.yaml", slos)
        test = {
            "interval": f"{STEP_SECONDS}s",
            "input_series": [{"series": name, "values": text} for name, text in self.series.items()],
            "alert_rule_test": self.alerts,
            "promql_expr_test": self.values,
        }
        cases = {"rule_files": ["rules.yaml"], "evaluation_interval": f"{STEP_SECONDS}s", "tests": [test]}
        (folder / "test.yaml").write_text(json.dumps(cases))
        return subprocess.run(
            ["promtool", "test", "rules", "test.yaml"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )

    def expect(self, query: str, value: float | None, *, at: int) -> None:
        """Expect one value without labels, or no result."""
        samples = [] if value is None else [{"labels": "{}", "value": value}]
        self.values.append({"expr": query, "eval_time": f"{at}s", "exp_samples": samples})

    def expect_firing(self, alert: str, severity: str, firing: bool, *, at: int) -> None:
        """Expect whether an alert fires."""
        labels = f'alertname="{alert}", severity="{severity}", alertstate="firing"'
        self.expect(f"count(ALERTS{{{labels}}})", 1 if firing else None, at=at)

    def expect_silence(self, *, at: int) -> None:
        """Expect that no alert fires."""
        self.expect('count(ALERTS{alertstate="firing"})', None, at=at)


def write_rules(file: Path, slos: Iterable[Slo]) -> None:
    groups = [group.manifest("https://example.com/runbooks") for slo in slos for group in rule_groups(slo)]
    file.write_text(json.dumps({"groups": groups}))


def steps(seconds: int) -> int:
    return seconds // STEP_SECONDS


def requests(
    phases: Sequence[tuple[int, float, float]],
    *,
    per_second: float | Sequence[float] = 20,
) -> dict[str, str]:
    """Return the series of two pods. A phase has its seconds, and the shares of failed and of slow requests.

    `per_second` is one rate, or that of each phase.

    A status has its series from its first request on, as in a client of Prometheus.
    """
    good, failed, fast = _Counter(), _Counter(appears_at_first=True), _Counter()
    rates = repeat(per_second, len(phases)) if isinstance(per_second, int | float) else per_second
    for (seconds, failing, slow), rate in zip(phases, rates, strict=True):
        per_step = rate * STEP_SECONDS / len(PODS)
        succeeding = per_step * (1 - failing)
        good.add(succeeding, steps(seconds))
        failed.add(per_step * failing, steps(seconds))
        fast.add(succeeding * (1 - slow), steps(seconds))
    found = {"_count": {"200": good, "500": failed}, "_bucket": {"200": fast}}
    return {
        _name(suffix, pod, status, 'le="0.3"' if suffix == "_bucket" else ""): counter.text()
        for pod in PODS
        for suffix, by_status in found.items()
        for status, counter in by_status.items()
    }


def available_pods(phases: Sequence[tuple[int, int]]) -> dict[str, str]:
    """Return the series of the deployment. A phase has its seconds and the number of available pods."""
    name = 'kube_deployment_status_replicas_available{namespace="shop", deployment="api"}'
    return {name: " ".join(f"{pods}x{steps(seconds) - 1}" for seconds, pods in phases)}


def _name(suffix: str, pod: str, status: str, more: str) -> str:
    labels = f'namespace="shop", service="api", pod="{pod}", method="GET", route="/api/accounts"'
    return f'http_request_duration_seconds{suffix}{{{labels}, status="{status}"{more and ", "}{more}}}'


class _Counter:
    """A counter in promtool's notation, in phases of constant increase."""

    def __init__(self, *, appears_at_first: bool = False) -> None:
        self._value = 0.0
        self._is_visible = not appears_at_first
        self._parts: list[str] = []

    def add(self, increase: float, count: int) -> None:
        """Add steps. The first one already has the increase."""
        self._is_visible = self._is_visible or increase > 0
        if not self._is_visible:
            self._parts.append(f"_x{count}")
            return
        first = self._value + increase
        self._parts.append(f"{first:.6f}+{increase:.6f}x{count - 1}")
        self._value += increase * count

    def text(self) -> str:
        return " ".join(self._parts)
