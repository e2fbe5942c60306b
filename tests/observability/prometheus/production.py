"""The monitoring that the cluster stack of production configures: rules, routes, intervals and targets."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_SNAPSHOT = Path(__file__).parents[2] / "snapshots/production-platform.json"
_RELEASES: dict[str, dict[str, Any]] = json.loads(_SNAPSHOT.read_text())["resource"]["helm_release"]


def rule_groups() -> list[dict[str, Any]]:
    """Return the groups of all rules but the drill: those of the objectives, and alerts about the cluster."""
    return [
        group
        for rule in _objects("PrometheusRule")
        for group in rule["spec"]["groups"]
        # A real server would fire it at a time of the calendar.
        if group["name"] != "alertmanager-drill"
    ]


def alertmanager_configuration() -> dict[str, Any]:
    """Return the routes and receivers of Alertmanager."""
    found: dict[str, Any] = _monitoring()["alertmanager"]["config"]
    return found


def prometheus_specification() -> dict[str, Any]:
    """Return the settings of Prometheus, with its intervals."""
    found: dict[str, Any] = _monitoring()["prometheus"]["prometheusSpec"]
    return found


def scrape_config(name: str, namespace: str, pods: dict[str, str]) -> dict[str, Any]:
    """Return the scrape of a ServiceMonitor with one endpoint. `pods` have their addresses.

    The labels are those that the operator gives to targets of a Service.
    https://github.com/prometheus-operator/prometheus-operator/blob/v0.93.0/pkg/prometheus/promcfg.go
    """
    (monitor,) = (each for each in _objects("ServiceMonitor") if each["metadata"]["name"] == name)
    (endpoint,) = monitor["spec"]["endpoints"]
    assert endpoint.keys() == {"path", "port"}, "the operator would relabel: do it here too"
    common = {"namespace": namespace, "service": name, "container": name, "endpoint": endpoint["port"]}
    return {
        # The operator's label `job` is the name of the Service.
        "job_name": name,
        "metrics_path": endpoint["path"],
        "static_configs": [
            {"targets": [address], "labels": {**common, "pod": pod}} for pod, address in pods.items()
        ],
    }


def _objects(kind: str) -> Iterator[dict[str, Any]]:
    for release in _RELEASES.values():
        values = json.loads(release["values"][0])
        yield from (each for each in values.get("objects", ()) if each["kind"] == kind)


def _monitoring() -> dict[str, Any]:
    (release,) = (each for each in _RELEASES.values() if each["chart"] == "kube-prometheus-stack")
    values: dict[str, Any] = json.loads(release["values"][0])
    return values
