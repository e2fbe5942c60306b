"""Network policies select pods of both sides by namespace and labels, or addresses."""

from constructs_arq.cluster.existing_cluster import ExistingCluster
from constructs_arq.core.port import Port
from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.network_policy import (
    AddressRange,
    Pods,
    allow_dns,
    allow_egress,
    allow_ingress,
)
from tests.kubernetes.cluster_stack import synthesize_in_cluster
from tests.support import Synthesized

API = Pods(namespace="shop", labels={"app": "api"})


def _synthesize() -> Synthesized:
    def build(stack: Stack, _cluster: ExistingCluster) -> None:
        database = AddressRange(cidr="10.0.0.0/16", excluded=("10.0.1.0/24",))
        allow_egress(stack, "database", name="api-database", pods=API, to=[database], ports=[Port.tcp(5432)])
        everyone = Pods(namespace="ingress")
        allow_ingress(
            stack, "nginx", name="nginx-api", pods=API, peers=[everyone], ports=[Port.tcp_range(8080, 8081)]
        )
        allow_dns(stack, "dns", name="api-dns", pods=Pods(namespace="shop"))

    return synthesize_in_cluster(build)


def test_egress_to_addresses() -> None:
    policy = _synthesize().one("kubernetes_network_policy_v1", "database")
    assert policy["metadata"] == {"name": "api-database", "namespace": "shop"}
    assert policy["spec"] == {
        "pod_selector": {"match_labels": {"app": "api"}},
        "policy_types": ["Egress"],
        "egress": [
            {
                "to": [{"ip_block": {"cidr": "10.0.0.0/16", "except": ["10.0.1.0/24"]}}],
                "ports": [{"protocol": "TCP", "port": "5432"}],
            }
        ],
    }


def test_ingress_from_all_pods_of_another_namespace_on_several_ports() -> None:
    spec = _synthesize().one("kubernetes_network_policy_v1", "nginx")["spec"]
    namespace = {"match_labels": {"kubernetes.io/metadata.name": "ingress"}}
    assert spec["ingress"] == [
        {
            "from": [{"namespace_selector": namespace}],
            "ports": [{"protocol": "TCP", "port": "8080", "end_port": 8081}],
        }
    ]


def test_dns_of_all_pods_of_a_namespace() -> None:
    spec = _synthesize().one("kubernetes_network_policy_v1", "dns")["spec"]
    assert spec["pod_selector"] == {}
    [rule] = spec["egress"]
    assert {(each["protocol"], each["port"]) for each in rule["ports"]} == {("UDP", "53"), ("TCP", "53")}
    assert rule["to"][0]["pod_selector"] == {"match_labels": {"k8s-app": "kube-dns"}}
