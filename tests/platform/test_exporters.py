"""Alerts and dashboards use only metrics of collectors that the exporters run and may read."""

import json
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from constructs_arq.platform.support_matrix import Chart
from tests.kubernetes.manifests import ENVIRONMENTS

ROOT = Path(__file__).parents[1]
SERIES = tomllib.loads((ROOT / "observability/grafana/exporter_series.toml").read_text())
# The beginning of metrics of node-exporter's collectors, where it is not `node_NAME`.
# https://github.com/prometheus/node_exporter/tree/v1.12.1/collector
NODE_METRICS = {
    "conntrack": ("node_nf_conntrack_",),
    "netclass": ("node_network_",),
    "netdev": ("node_network_",),
    "udp_queues": ("node_udp_queues",),
}

each_environment = pytest.mark.parametrize("name", ENVIRONMENTS)


def snapshot(name: str) -> str:
    return (ROOT / f"snapshots/{name}-platform.json").read_text()


def values_of(name: str, chart: Chart) -> dict[str, Any]:
    releases = json.loads(snapshot(name))["resource"]["helm_release"].values()
    [text] = [each["values"][0] for each in releases if each["name"] == chart]
    values: dict[str, Any] = json.loads(text)
    return values


def collectors_of(metrics: Iterable[str]) -> set[str]:
    """Return the collectors of kube-state-metrics that make metrics: `kube_pod_info` is of `pods`."""
    kinds = {metric.split("_")[1] for metric in metrics if metric.startswith("kube_")}
    return {f"{kind}s" for kind in kinds}


@each_environment
def test_rules_and_dashboards_use_enabled_collectors(name: str) -> None:
    used = collectors_of(re.findall(r"\bkube_\w+", snapshot(name)))
    assert {"deployments", "nodes", "pods", "cronjobs", "horizontalpodautoscalers"} <= used
    assert used <= set(values_of(name, Chart.KUBE_STATE_METRICS)["collectors"])


@each_environment
def test_example_series_are_of_enabled_collectors(name: str) -> None:
    enabled = set(values_of(name, Chart.KUBE_STATE_METRICS)["collectors"])
    assert collectors_of(SERIES["kube-state-metrics"]["metrics"]) <= enabled
    arguments = values_of(name, Chart.NODE_EXPORTER)["extraArgs"]
    disabled = [each.removeprefix("--no-collector.") for each in arguments]
    assert "netdev" in disabled
    starts = tuple(start for each in disabled for start in (f"node_{each}_", *NODE_METRICS.get(each, ())))
    assert [metric for metric in SERIES["node-exporter"]["metrics"] if metric.startswith(starts)] == []


@each_environment
def test_kube_state_metrics_may_read_its_custom_resources(name: str) -> None:
    """The chart lets it read the definitions only: without a rule, the metrics would be missing silently."""
    values = values_of(name, Chart.KUBE_STATE_METRICS)
    allowed = {
        (group, resource)
        for rule in values["rbac"]["extraRules"]
        if {"list", "watch"} <= set(rule["verbs"])
        for group in rule["apiGroups"]
        for resource in rule["resources"]
    }
    kinds = [
        each["groupVersionKind"] for each in values["customResourceState"]["config"]["spec"]["resources"]
    ]
    assert kinds
    # Kubernetes names the resources of these kinds by their plural.
    assert {(each["group"], f"{each['kind'].lower()}s") for each in kinds} <= allowed
