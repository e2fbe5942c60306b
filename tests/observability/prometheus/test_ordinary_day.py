"""A day of ordinary deployments, scaling and node replacements fires no alert.

Recorded: the requests to the API and its use of CPU, from the reference API under load. A second of the trace
is about two and a half minutes of the day. The library's autoscaler computes the number of pods from it.

Composed, in the names of kube-state-metrics and Prometheus: everything else. The API has six rollouts. Three
nodes are replaced one after the other, each with the only pod of an add-on. With the last one,
kube-state-metrics is lost for four minutes. Alloy restarts on all nodes, and continues in the files where it
stopped. An Alertmanager is replaced, and Prometheus restarts. A service is installed for the first time, and
its pods need ten minutes to start. A worker has no pods while its queue is empty, then four at once on a new
node.

All this happens within eight hours, more densely than in a day, and the rules are evaluated as often as in
production.
"""

import json
import math
import subprocess
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest

from constructs_arq.core.slo import Slo
from constructs_arq.observability.slo.prometheus_slos import rule_groups
from environments.production import PRODUCTION
from tests.observability.prometheus.rule_files import STEP_SECONDS, rules
from tests.observability.slo.promtool import SLOS, requests
from tests.services.autoscaler_rules import Rules
from tests.services.cluster_simulation import simulate
from tests.services.recorded_load import Recording

HOURS = 8
STEPS_PER_HOUR = 3600 // STEP_SECONDS
ROLLOUTS = [1, 2, 3, 4, 5, 7]
NODES = ["a", "b", "c"]
# Steps: a pod starts, and a new node registers and becomes ready.
POD_START, NODE_START = 2, 4
ALLOY_RESTART = 3 * STEPS_PER_HOUR
INSTALLATION, FIRST_START = 6 * STEPS_PER_HOUR, 20
STATES_LOST = range(9 * STEPS_PER_HOUR // 2, 9 * STEPS_PER_HOUR // 2 + 2 * NODE_START)
STATES = ("kube_", 'up{namespace="monitoring", job="kube-state-metrics"')
# One Alertmanager of three is away, then both servers of Prometheus are, as after a change of their pods.
ALERTMANAGER_AWAY = range(11 * STEPS_PER_HOUR // 2, 11 * STEPS_PER_HOUR // 2 + 2 * NODE_START)
PROMETHEUS_AWAY = range(13 * STEPS_PER_HOUR // 2, 13 * STEPS_PER_HOUR // 2 + NODE_START)
# No sample, and none that marks the end of a series: nobody writes it.
MISSING = math.inf
RECORDING = Recording.read(Path(__file__).parents[2] / "services/load_traces/recorded_api.csv")
# The day has the customers of as many recorded processes.
PROCESSES = 4
Samples = list[float | None]


@cache
def wanted() -> list[int]:
    """Return the pods that the autoscaler of production wants at each step."""
    api = PRODUCTION.shop.api
    seconds = HOURS * 3600
    load = RECORDING.load(api.resources, processes=PROCESSES, stretch=seconds / len(RECORDING.seconds))
    return [each.replicas for each in simulate(Rules.of(api.scaling), load, seconds)[::STEP_SECONDS]]


def traffic() -> dict[str, str]:
    """Return the recorded requests. None failed: one in 5,000 fails here, and one in 1,000 is slow."""
    steps = HOURS * STEPS_PER_HOUR
    count = len(RECORDING.seconds)
    rates = [PROCESSES * RECORDING.seconds[step * count // steps].requests for step in range(steps)]
    same = [(rate, len(list(group)) * STEP_SECONDS) for rate, group in groupby(rates)]
    return requests(
        [(seconds, 0.0002, 0.001) for _, seconds in same], per_second=[float(rate) for rate, _ in same]
    )


class Day:
    """The series of the first hours of a day, step by step."""

    def __init__(self, hours: int = HOURS) -> None:
        steps = hours * STEPS_PER_HOUR
        self.series: dict[str, Samples] = defaultdict(lambda: [None] * steps)
        # The step at which the pod of a slot answers.
        ready = [0] * max(wanted())
        previous = wanted()[0]
        for step, pods in enumerate(wanted()[:steps]):
            for slot in range(previous, pods):
                ready[slot] = step + POD_START
            for moment in (step - at * STEPS_PER_HOUR for at in ROLLOUTS):
                if not 0 <= moment < POD_START * pods:
                    continue
                # One pod after the other: the old one stops when the new one answers.
                if moment % POD_START == 0:
                    ready[(moment // POD_START) % pods] = step + 1
            self._api(step, pods, ready)
            self._nodes(step)
            self._jobs(step)
            self._logs(step)
            self._monitoring(step)
            if step >= INSTALLATION:
                self._installation(step)
            previous = pods

    def _api(self, step: int, pods: int, ready: Sequence[int]) -> None:
        answering = [slot for slot in range(pods) if ready[slot] <= step]
        labels = 'namespace="shop", deployment="api"'
        self._set(f"kube_deployment_spec_replicas{{{labels}}}", step, pods)
        self._set(f"kube_deployment_status_replicas_available{{{labels}}}", step, len(answering))
        progressing = f'{labels}, condition="Progressing", status="false"'
        self._set(f"kube_deployment_status_condition{{{progressing}}}", step, 0)
        for slot in range(pods):
            target = f'up{{namespace="shop", service="api", job="api", pod="api-{slot}"}}'
            self._set(target, step, int(slot in answering))
        scaler = 'namespace="shop", horizontalpodautoscaler="api"'
        for name, value in (("status_desired", pods), ("spec_max", 20), ("spec_min", 3)):
            self._set(f"kube_horizontalpodautoscaler_{name}_replicas{{{scaler}}}", step, value)
        # Each rollout runs a job, and sometimes a request waits for a connection.
        job = 'kube_job_failed{namespace="shop", job_name="api-migrations", condition="true"}'
        self._set(job, step, 0)
        waiting = 'database_pool_waiting_requests{namespace="shop", service="api", pod="api-0"}'
        self._set(waiting, step, int(step % 40 == 0))

    def _jobs(self, step: int) -> None:
        self._set('up{namespace="monitoring", job="kube-state-metrics"}', step, 1)
        working = 4 * (step // STEPS_PER_HOUR % 2)
        answering = working if step % STEPS_PER_HOUR >= NODE_START + POD_START else 0
        worker = 'namespace="shop", deployment="receipts"'
        self._set(f"kube_deployment_spec_replicas{{{worker}}}", step, working)
        self._set(f"kube_deployment_status_replicas_available{{{worker}}}", step, answering)
        for pod in range(working):
            # A new pod is a target as soon as it has an address.
            target = f'up{{namespace="shop", service="receipts", job="receipts", pod="receipts-{pod}"}}'
            if step % STEPS_PER_HOUR >= NODE_START:
                self._set(target, step, int(answering > 0))

    def _monitoring(self, step: int) -> None:
        away = step in ALERTMANAGER_AWAY
        since = step - ALERTMANAGER_AWAY.start
        for index, pod in enumerate("abc"):
            lost = away and index == 0
            target = f'namespace="monitoring", job="kube-prometheus-stack-alertmanager", pod="{pod}"'
            self._set(f"up{{{target}}}", step, int(not lost))
            dropped = f'prometheus_notifications_dropped_total{{pod="prometheus-0", alertmanager="{pod}"}}'
            self._set(dropped, step, since if lost else 0)
            if lost:
                continue
            self._set(f"alertmanager_cluster_members{{{target}}}", step, 2 if away else 3)
            for integration in ("pagerduty", "sns"):
                failed = f'{target}, integration="{integration}"'
                self._set(f"alertmanager_notifications_failed_total{{{failed}}}", step, 0)
        self._set(
            'prometheus_notifications_alertmanagers_discovered{pod="prometheus-0"}', step, 2 if away else 3
        )
        alertmanagers = 'namespace="monitoring", statefulset="alertmanager"'
        self._set(f"kube_statefulset_replicas{{{alertmanagers}}}", step, 3)
        self._set(f"kube_statefulset_status_replicas_ready{{{alertmanagers}}}", step, 2 if away else 3)

    def _logs(self, step: int) -> None:
        restarted = step >= ALLOY_RESTART
        since = step - ALLOY_RESTART if restarted else step
        for node in NODES:
            labels = f'namespace="node-agents", pod="alloy-{node}{int(restarted)}"'
            self._set(f"loki_write_sent_entries_total{{{labels}}}", step, 100 * since)
            # A node's first request to a pod of Loki that restarts.
            self._set(f"loki_write_batch_retries_total{{{labels}}}", step, int(since > 1))
            for reason in ("ingester_error", "rate_limited"):
                dropped = f'loki_write_dropped_entries_total{{{labels}, reason="{reason}"}}'
                self._set(dropped, step, 0)

    def _installation(self, step: int) -> None:
        started = int(step >= INSTALLATION + FIRST_START)
        labels = 'namespace="shop", deployment="ledger"'
        self._set(f"kube_deployment_created{{{labels}}}", step, INSTALLATION * STEP_SECONDS)
        self._set(f"kube_deployment_spec_replicas{{{labels}}}", step, 2)
        self._set(f"kube_deployment_status_replicas_available{{{labels}}}", step, 2 * started)
        for pod in ("ledger-0", "ledger-1"):
            target = f'up{{namespace="shop", service="ledger", job="ledger", pod="{pod}"}}'
            self._set(target, step, started)

    def _nodes(self, step: int) -> None:
        alone = 1
        for index, node in enumerate(NODES):
            since = step - (1 + 4 * index) * STEPS_PER_HOUR // 2
            replaced = since >= 0
            name = f"{node}2" if replaced else node
            ready = not replaced or since >= NODE_START
            condition = f'kube_node_status_condition{{node="{name}", condition='
            self._set(f'{condition}"Ready", status="true"}}', step, int(ready))
            self._set(f'{condition}"MemoryPressure", status="true"}}', step, 0)
            self._set(f'up{{namespace="kube-system", job="kubelet", node="{name}"}}', step, int(ready))
            if 0 <= since < 2 * NODE_START:
                # The only pod of the add-on starts on another node, and pulls its image.
                alone = 0
        labels = 'namespace="trivy-system", deployment="trivy-operator"'
        self._set(f"kube_deployment_spec_replicas{{{labels}}}", step, 1)
        self._set(f"kube_deployment_status_replicas_available{{{labels}}}", step, alone)
        claim = 'namespace="monitoring", persistentvolumeclaim="prometheus"'
        self._set(f"kubelet_volume_stats_capacity_bytes{{{claim}}}", step, 100)
        self._set(f"kubelet_volume_stats_available_bytes{{{claim}}}", step, 30 - step % 240 / 240)

    def _set(self, name: str, step: int, value: float) -> None:
        if step in PROMETHEUS_AWAY:
            value = MISSING
        if step not in STATES_LOST or not name.startswith(STATES):
            self.series[name][step] = value

    def texts(self) -> Mapping[str, str]:
        """Return the series in promtool's notation."""
        return {
            name: " ".join(_repeat(value, len(list(same))) for value, same in groupby(samples))
            for name, samples in self.series.items()
        }


def _repeat(value: float | None, count: int) -> str:
    if value is None:
        # Prometheus ends the series of a target that is gone at once.
        return f"stale _x{count - 1}" if count > 1 else "stale"
    if value == MISSING:
        return f"_x{count}"
    return f"{value:g}x{count - 1}"


def fired(folder: Path, series: Mapping[str, str], *, hours: int, slos: Sequence[Slo] = ()) -> str:
    """Return what promtool reports about alerts that fire within some hours, or an empty text."""
    groups = [group.manifest(None) for slo in slos for group in rule_groups(slo)]
    (folder / "rules.json").write_text(json.dumps({"groups": [*rules()["groups"], *groups]}))
    alerts = 'ALERTS{severity=~"critical|warning", alertstate="firing"}'
    test = {
        "interval": f"{STEP_SECONDS}s",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {
                "expr": f"count by (alertname) (count_over_time({alerts}[{hours}h]))",
                "eval_time": f"{hours}h",
                "exp_samples": [],
            }
        ],
    }
    cases = {"rule_files": ["rules.json"], "evaluation_interval": f"{STEP_SECONDS}s", "tests": [test]}
    (folder / "test.json").write_text(json.dumps(cases))
    result = subprocess.run(
        ["promtool", "test", "rules", "test.json"], cwd=folder, capture_output=True, text=True, check=False
    )
    return result.stdout + result.stderr if result.returncode else ""


@pytest.mark.slow
def test_an_ordinary_day_fires_no_alert(tmp_path: Path) -> None:
    assert max(wanted()) > 2 * min(wanted())
    assert fired(tmp_path, {**traffic(), **Day().texts()}, hours=HOURS, slos=SLOS) == ""


def test_lines_that_alloy_drops_at_its_start_would_fire(tmp_path: Path) -> None:
    """Prometheus reads no zero before them, so the counter never increases."""
    day = Day(hours=1)
    day.series['loki_write_dropped_entries_total{pod="alloy-d", reason="ingester_error"}'][60:] = [7.0] * 60
    assert "LogLinesLost" in fired(tmp_path, day.texts(), hours=1)


def test_an_outage_on_that_day_would_fire(tmp_path: Path) -> None:
    """Without this, the day could be silent because its series have wrong names."""
    day = Day(hours=1)
    available = 'kube_deployment_status_replicas_available{namespace="shop", deployment="api"}'
    day.series[available][80:90] = [0] * 10
    assert "ServiceDown" in fired(tmp_path, day.texts(), hours=1)
