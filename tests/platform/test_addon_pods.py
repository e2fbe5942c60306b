"""The pods that add-ons state for checks of capacity are those of the charts' values."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.core.pod_group import PodGroup
from constructs_arq.core.stack import Stack
from constructs_arq.edge.certificate import HostedZone
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.kubernetes.quantities import mebibytes, millicores
from constructs_arq.kubernetes.storage_class import StorageClass
from constructs_arq.platform.alloy import Alloy, AlloyConfig
from constructs_arq.platform.cert_manager import CertManager, CertManagerConfig
from constructs_arq.platform.external_dns import ExternalDns, ExternalDnsConfig
from constructs_arq.platform.external_secrets import ExternalSecrets, ExternalSecretsConfig
from constructs_arq.platform.grafana import Grafana
from constructs_arq.platform.karpenter import KarpenterController
from constructs_arq.platform.karpenter_config import KarpenterConfig, NodePoolConfig
from constructs_arq.platform.keda import Keda
from constructs_arq.platform.load_balancer_controller import LoadBalancerController
from constructs_arq.platform.log_store import LogStore, LogStoreConfig
from constructs_arq.platform.loki import Loki
from constructs_arq.platform.loki_settings import LokiConfig
from constructs_arq.platform.nginx_gateway import NginxGatewayFabric
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.target import AddonTarget
from constructs_arq.platform.trivy_operator import TrivyOperator
from constructs_arq.services.pod_inventory import find_pods
from constructs_arq.storage.bucket import LogBucket
from tests.platform.addon_stack import synthesize_addons, values_of
from tests.platform.monitoring_builders import add_monitoring
from tests.support import Synthesized

ZONE = HostedZone(zone_id="Z0TEST1EXAMPLE", name="example.com")
POOLS = KarpenterConfig(node_pools={"general": NodePoolConfig(vcpus=16, memory_gib=64)})
WITHOUT_PODS = {Chart.KARPENTER_CRD, Chart.GATEWAY_API_CRDS, Chart.PROMETHEUS_OPERATOR_CRDS}


def all_addons(stack: Stack, target: AddonTarget, cluster: Cluster) -> None:
    LoadBalancerController(stack, "load-balancer-controller", target=target)
    KarpenterController(
        stack,
        "karpenter",
        target=target,
        identity=cluster.karpenter,
        volumes_key=cluster.key,
        subnet_tag="test",
        image_release="1.35.8-20260917",
        config=POOLS,
    )
    NginxGatewayFabric(stack, "nginx", target=target)
    CertManager(stack, "cert-manager", target=target, zone=ZONE, config=CertManagerConfig())
    ExternalSecrets(
        stack,
        "external-secrets",
        target=target,
        namespaces=[Namespace(stack, "shop", name="shop")],
        config=ExternalSecretsConfig(),
    )
    ExternalDns(
        stack, "external-dns", target=target, zone=ZONE, hosts=["arq.example"], config=ExternalDnsConfig()
    )
    TrivyOperator(stack, "trivy-operator", target=target)
    Keda(stack, "keda", target=target)
    Grafana(stack, "grafana", target=target, dashboards={}, sources=[])
    add_monitoring(stack, target)
    access_logs = LogBucket(stack, "access-logs", retention_days=365)
    loki = Loki(
        stack,
        "loki",
        target=target,
        store=LogStore(stack, "log-store", access_logs=access_logs, config=LogStoreConfig()),
        volumes=StorageClass(stack, "encrypted-gp3", key=cluster.key),
        config=LokiConfig(),
    )
    Alloy(
        stack,
        "alloy",
        target=target,
        namespace=Namespace(stack, "log-agents", name="log-agents", pod_security="privileged"),
        loki=loki,
        multiline_namespaces=["shop"],
        config=AlloyConfig(),
    )


@pytest.fixture(scope="module")
def built() -> tuple[Synthesized, list[PodGroup]]:
    found: list[PodGroup] = []

    def build(stack: Stack, target: AddonTarget, cluster: Cluster) -> None:
        all_addons(stack, target, cluster)
        found.extend(find_pods(stack))

    return synthesize_addons(build), found


def requests_in(values: Any) -> Iterator[tuple[int, int]]:  # values of a chart, at any depth
    if isinstance(values, list):
        for each in values:
            yield from requests_in(each)
    elif isinstance(values, dict):
        if "cpu" in values.get("requests", ()):
            requests = values["requests"]
            yield millicores(requests["cpu"]), mebibytes(requests["memory"])
        for each in values.values():
            yield from requests_in(each)


@pytest.mark.parametrize("chart", sorted(set(Chart) - WITHOUT_PODS))
def test_add_ons_state_the_pods_of_their_values(
    built: tuple[Synthesized, list[PodGroup]], chart: Chart
) -> None:
    synthesized, pods = built
    stated = Counter((each.millicores, each.mib) for each in pods if each.name.startswith(chart))
    assert stated
    assert stated == Counter(requests_in(values_of(synthesized, chart)))


def test_all_pods_belong_to_a_chart(built: tuple[Synthesized, list[PodGroup]]) -> None:
    _, pods = built
    assert all(any(each.name.startswith(chart) for chart in Chart) for each in pods)
