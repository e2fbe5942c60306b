"""Prometheus reads the metrics of each add-on of the committed environments."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from constructs_arq.platform.monitored_jobs import JOBS_OF_CHARTS
from constructs_arq.platform.support_matrix import Chart, find_release
from environments.dev import DEV
from environments.environment import Environment
from environments.production import PRODUCTION
from environments.staging import STAGING
from tests.kubernetes.manifests import ENVIRONMENTS

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"
PORTS = Path(__file__).parent / "chart_ports"
# Their charts bring their monitors, or definitions only.
OTHERS = {
    Chart.ALLOY,
    Chart.LOKI,
    Chart.KUBE_PROMETHEUS_STACK,
    Chart.KUBE_STATE_METRICS,
    Chart.NODE_EXPORTER,
    Chart.GATEWAY_API_CRDS,
    Chart.KARPENTER_CRD,
    Chart.PROMETHEUS_OPERATOR_CRDS,
}
# Their monitors have an interval of their own, unless these values change it.
# https://github.com/grafana-community/helm-charts/blob/loki-18.11.0/charts/loki/values.yaml
# https://github.com/prometheus-community/helm-charts/blob/kube-prometheus-stack-88.5.3/charts/kube-prometheus-stack/values.yaml
CHART_INTERVALS = {
    "kube-prometheus-stack.kubelet.serviceMonitor.cAdvisorInterval",
    "loki.monitoring.serviceMonitor.interval",
}


def releases(name: str) -> list[dict[str, Any]]:
    stack = json.loads((SNAPSHOTS / f"{name}-platform.json").read_text())
    return list(stack["resource"]["helm_release"].values())


def monitors(name: str) -> dict[str, dict[str, Any]]:
    """Return the specifications of the monitors of add-ons by name."""
    objects = [
        each
        for release in releases(name)
        if release["name"].startswith("addon-monitors")
        for each in json.loads(release["values"][0])["objects"]
    ]
    return {each["metadata"]["name"]: each["spec"] for each in objects}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_each_add_on_with_metrics_has_a_monitor(name: str) -> None:
    installed = {each["name"] for each in releases(name)} & set(Chart)
    selected = {
        spec["selector"]["matchLabels"].get("app.kubernetes.io/instance") for spec in monitors(name).values()
    }
    assert selected - {None} == installed - OTHERS


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_monitors_read_ports_that_pods_of_the_chart_have(name: str) -> None:
    read = set()
    for monitor, spec in monitors(name).items():
        chart, _, port = monitor.rpartition("-")
        lines = (PORTS / f"{chart}-{find_release(Chart(chart)).version}.txt").read_text().splitlines()
        assert port in {line.split()[2] for line in lines}, monitor
        [endpoint] = spec["podMetricsEndpoints"]
        [address] = [each for each in endpoint["relabelings"] if each.get("targetLabel") == "__address__"]
        assert address["replacement"] == f"$1:{port}"
        read.add(chart)
    assert read == {each["name"] for each in releases(name)} & set(Chart) - OTHERS


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_alert_reports_each_job_without_targets(name: str) -> None:
    [rules] = [each["values"][0] for each in releases(name) if each["name"].startswith("target-rules")]
    [missing, *_] = json.loads(rules)["objects"][0]["spec"]["groups"][0]["rules"]
    reported = set(re.findall(r'absent\(up{job="([^"]+)"}\)', missing["expr"]))
    installed = {each["name"] for each in releases(name)} & set(Chart)
    programs = {"api", "gateway"} | ({"receipts"} if Chart.KEDA in installed else set())
    of_charts = {
        job.format(release=each["name"])
        for each in releases(name)
        for job in JOBS_OF_CHARTS.get(each["chart"].partition("@")[0], ())
    }
    receivers = {"alloy-receiver"} if "alloy-receiver" in {each["name"] for each in releases(name)} else set()
    assert {"kube-state-metrics", "kubelet", "alloy", *receivers} <= of_charts
    assert receivers or name == "dev"
    assert reported == installed - OTHERS | programs | of_charts


@pytest.mark.parametrize("env", [PRODUCTION, STAGING, DEV], ids=lambda env: env.name)
def test_no_monitor_is_read_more_often_than_the_size_assumes(env: Environment) -> None:
    every = f"{env.prometheus.scrape_seconds}s"
    found = {
        path
        for release in releases(env.name)
        for value in release.get("values", [])
        for path in intervals(json.loads(value), release["chart"].partition("@")[0])
    }
    assert {path for path, interval in found if interval not in ("", every)} == set()
    assert found >= {(path, every if "cAdvisor" in path else "") for path in CHART_INTERVALS}


def intervals(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield the paths and values of all intervals of monitors."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key.lower().endswith("interval") and ("onitor" in path or "podMetricsEndpoints" in path):
                yield f"{path}.{key}", each
            yield from intervals(each, f"{path}.{key}")
    elif isinstance(value, list):
        for each in value:
            yield from intervals(each, path)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_monitors_are_of_one_namespace_and_keep_labels_of_objects(name: str) -> None:
    found = monitors(name)
    assert found
    for spec in found.values():
        assert len(spec["namespaceSelector"]["matchNames"]) == 1
        [endpoint] = spec["podMetricsEndpoints"]
        assert endpoint["honorLabels"] is True
