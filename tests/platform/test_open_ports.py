"""Each port of the pods is open to those that need it, and to nothing else."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from constructs_arq.platform.support_matrix import Chart, find_release
from tests.kubernetes.cluster_objects import core_objects, custom_objects_of, third_party_releases
from tests.kubernetes.manifests import ENVIRONMENTS
from tests.kubernetes.pod_ingress import sources_of

FOLDER = Path(__file__).parent / "chart_ports"
SNAPSHOTS = Path(__file__).parents[1] / "snapshots"
PROMETHEUS = "monitoring/app.kubernetes.io/name=prometheus"
ALLOY = "node-agents/app.kubernetes.io/instance=alloy"
RECEIVER = "alloy-receiver/app.kubernetes.io/instance=alloy-receiver"
GRAFANA = "grafana/app.kubernetes.io/name=grafana"
# The control plane of EKS has addresses in the VPC, and calls webhooks from there.
VPC, OWN = "vpc", "own"
NGINX_METRICS_PORT = 9113
# Only the kubelet asks ports without peers. The CNI always allows that.
PEERS: dict[str, set[str]] = {
    "metrics": {PROMETHEUS},
    "http-metrics": {PROMETHEUS},
    "metrics-server": {PROMETHEUS},
    "external-dns http": {PROMETHEUS},
    "webhook": {VPC},
    "webhook-server": {VPC},
    "https": {VPC},
    "agent-grpc": {VPC},
    "keda-admission-webhooks http": {VPC},
    # The webhook and the metrics of the operator.
    "kube-prometheus-stack-operator https": {VPC, PROMETHEUS},
    "kube-state-metrics http": {PROMETHEUS},
    # Its metrics about itself, which nobody reads, and the answer to the kubelet.
    "kube-state-metrics metrics": set(),
    "grafana grafana": {PROMETHEUS},
    # Its pods share nothing: it sends no notifications.
    "grafana gossip-tcp": set(),
    "grafana gossip-udp": set(),
    "grafana profiling": set(),
    "metricsservice": {OWN},
    # One port for metrics, queries and logs.
    "loki http-metrics": {PROMETHEUS, GRAFANA, ALLOY},
    "alloy http-metrics": {PROMETHEUS},
    "loki grpc": {OWN},
    "loki http-memberlist": {OWN},
    "ready": set(),
    "health": set(),
    "healthcheck": set(),
    "http-healthz": set(),
    "karpenter http": set(),
    "probes": set(),
}
WITHOUT_PODS = {Chart.KARPENTER_CRD, Chart.GATEWAY_API_CRDS, Chart.PROMETHEUS_OPERATOR_CRDS}
EACH_ENVIRONMENT = pytest.mark.parametrize("name", ENVIRONMENTS)

Object = dict[str, Any]


@cache
def stack(name: str) -> Object:
    found: Object = json.loads((SNAPSHOTS / f"{name}-platform.json").read_text())
    return found


@cache
def objects(name: str) -> list[Object]:
    return list(core_objects(stack(name), ENVIRONMENTS[name].cluster.version))


def container_ports(chart: Chart) -> list[tuple[str, str, int]]:
    """Return the workload, the name and the number of each port."""
    lines = (FOLDER / f"{chart}-{find_release(chart).version}.txt").read_text().splitlines()
    return [(workload, name, int(number)) for workload, name, number in map(str.split, lines)]


def test_each_chart_with_pods_has_ports() -> None:
    expected = {f"{chart}-{find_release(chart).version}.txt" for chart in set(Chart) - WITHOUT_PODS}
    assert {file.name for file in FOLDER.iterdir()} == expected


@EACH_ENVIRONMENT
def test_ports_of_add_ons_are_open_to_those_that_need_them(name: str) -> None:
    checked = set()
    for release in third_party_releases(stack(name)):
        chart = Chart(release["chart"].partition("@")[0].rpartition("/")[2])
        if chart in WITHOUT_PODS:
            continue
        labels, namespace = {"app.kubernetes.io/instance": release["name"]}, release["namespace"]
        for workload, port, number in container_ports(chart):
            needed = PEERS[f"{workload} {port}" if f"{workload} {port}" in PEERS else port]
            if (workload, port) == ("loki", "http-metrics") and ENVIRONMENTS[name].log_forwarder:
                needed = needed | {RECEIVER}
            peers = {VPC: ENVIRONMENTS[name].network.cidr, OWN: f"{namespace}/"}
            found = sources_of(objects(name), namespace=namespace, labels=labels, port=number)
            assert found == {peers.get(each, each) for each in needed}, f"{workload} {port}"
            checked |= needed
    assert {PROMETHEUS, VPC} <= checked


@EACH_ENVIRONMENT
def test_prometheus_finds_and_reads_all_services(name: str, tmp_path: Path) -> None:
    custom = custom_objects_of(stack(name), ENVIRONMENTS[name].cluster.version, tmp_path)
    found = {}
    for monitor in custom:
        # The fabric makes the pods of nginx, and charts those of add-ons.
        if monitor["kind"] in {"ServiceMonitor", "PodMonitor"} and monitor["metadata"]["namespace"] not in {
            "gateway",
            "monitoring",
        }:
            deployment, port = monitored(name, monitor)
            metadata, labels = deployment["metadata"], deployment["spec"]["template"]["metadata"]["labels"]
            found[metadata["name"]] = sources_of(
                objects(name), namespace=metadata["namespace"], labels=labels, port=port
            )
    assert found.pop("api") == {PROMETHEUS, "gateway/gateway.networking.k8s.io/gateway-name=gateway"}
    programs = {each["metadata"]["name"] for each in objects(name) if each["kind"] == "Deployment"}
    assert found == {program: {PROMETHEUS} for program in programs - {"api"}}


def monitored(name: str, monitor: Object) -> tuple[Object, int]:
    """Return the deployment whose pods a monitor selects, and the number of the port of their metrics."""
    selector, namespace = monitor["spec"]["selector"]["matchLabels"], monitor["metadata"]["namespace"]
    inside = [each for each in objects(name) if each["metadata"].get("namespace") == namespace]
    endpoints = monitor["spec"].get("podMetricsEndpoints")
    if monitor["kind"] == "ServiceMonitor":
        [service] = [
            each
            for each in inside
            if each["kind"] == "Service" and selector.items() <= each["metadata"].get("labels", {}).items()
        ]
        selector, endpoints = service["spec"]["selector"], monitor["spec"]["endpoints"]
        assert endpoints[0]["port"] in {each["name"] for each in service["spec"]["ports"]}
    [deployment] = [
        each
        for each in inside
        if each["kind"] == "Deployment"
        and selector.items() <= each["spec"]["template"]["metadata"]["labels"].items()
    ]
    [container], [endpoint] = deployment["spec"]["template"]["spec"]["containers"], endpoints
    [port] = [each["containerPort"] for each in container["ports"] if each["name"] == endpoint["port"]]
    return deployment, port


@EACH_ENVIRONMENT
def test_only_prometheus_reads_the_metrics_of_nginx(name: str, tmp_path: Path) -> None:
    custom = list(custom_objects_of(stack(name), ENVIRONMENTS[name].cluster.version, tmp_path))
    gateways = [each["metadata"] for each in custom if each["kind"] == "Gateway"]
    assert gateways
    for gateway in gateways:
        # The fabric gives its pods this label, and the port.
        # https://github.com/nginx/nginx-gateway-fabric/blob/v2.6.7/internal/controller/provisioner/objects.go
        labels = {"gateway.networking.k8s.io/gateway-name": gateway["name"]}
        found = sources_of(
            objects(name), namespace=gateway["namespace"], labels=labels, port=NGINX_METRICS_PORT
        )
        assert found == {PROMETHEUS}
        [monitor] = [
            each["spec"]
            for each in custom
            if each["kind"] == "PodMonitor" and each["metadata"]["namespace"] == gateway["namespace"]
        ]
        assert monitor["selector"] == {"matchLabels": labels}
        # The fabric names the port. It is the only one of an endpoint.
        assert [each["port"] for each in monitor["podMetricsEndpoints"]] == ["metrics"]
