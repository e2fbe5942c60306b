"""The common shape of add-ons: versions, traffic, disruption budget, namespace and order."""

import pytest

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.core.errors import ConfigError
from constructs_arq.core.stack import Stack
from constructs_arq.platform.addon import Addon
from constructs_arq.platform.support_matrix import Chart, find_release
from constructs_arq.platform.target import AddonTarget
from constructs_arq.platform.traffic import Traffic
from tests.platform.addon_stack import release_of, synthesize_addons
from tests.support import Resource, Synthesized


def make_keda(stack: Stack, target: AddonTarget, _cluster: Cluster, *, namespace: str = "keda") -> Addon:
    return Addon(
        stack,
        "keda",
        target=target,
        chart=Chart.KEDA,
        namespace=namespace,
        values={"operator": {"replicaCount": 1}},
        pods=(),
        traffic=Traffic(vpc_ports=(9443,), own_ports=(9666,)),
    )


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize_addons(make_keda)


def rules(synthesized: Synthesized, direction: str) -> set[tuple[str, str]]:
    """Return pairs of a peer and a port that the policies of the add-on allow."""
    found = set()
    for path, policy in synthesized.of_type("kubernetes_network_policy_v1").items():
        if not path.startswith("keda/traffic/"):
            continue
        # Also jobs of the chart, which have other labels.
        assert policy["spec"]["pod_selector"] == {}
        for rule in policy["spec"].get(direction, []):
            for peer in rule["to" if direction == "egress" else "from"]:
                for port in rule["ports"]:
                    found.add((peer_name(peer), f"{port['protocol']} {port['port']}"))
    return found


def peer_name(peer: Resource) -> str:
    if "ip_block" in peer:
        return str(peer["ip_block"]["cidr"])
    selector = peer.get("pod_selector") or peer["namespace_selector"]
    [value] = selector["match_labels"].values()
    return "own" if value.startswith("${kubernetes_namespace_v1.") else str(value)


def test_release_is_pinned_and_undone_on_failure(synthesized: Synthesized) -> None:
    release, matrix = release_of(synthesized, Chart.KEDA), find_release(Chart.KEDA)
    expected = {
        "repository": matrix.repository,
        "chart": "keda",
        "version": matrix.version,
        "wait": True,
        "atomic": True,
        "max_history": 3,
        "timeout": 600,
    }
    assert {name: release[name] for name in expected} == expected
    assert "create_namespace" not in release


def test_helm_verifies_the_digest_of_oci_charts() -> None:
    def build(stack: Stack, target: AddonTarget, _: Cluster) -> None:
        Addon(
            stack,
            "karpenter",
            target=target,
            chart=Chart.KARPENTER,
            namespace="kube-system",
            values={},
            pods=(),
            traffic=Traffic(),
        )

    chart = release_of(synthesize_addons(build), Chart.KARPENTER)["chart"]
    assert chart == f"karpenter@{find_release(Chart.KARPENTER).digest}"


def test_pods_receive_only_their_ports(synthesized: Synthesized) -> None:
    assert rules(synthesized, "ingress") == {("10.40.0.0/16", "TCP 9443"), ("own", "TCP 9666")}


def test_pods_reach_dns_https_their_identity_and_each_other(synthesized: Synthesized) -> None:
    assert rules(synthesized, "egress") == {
        ("kube-dns", "UDP 53"),
        ("kube-dns", "TCP 53"),
        ("10.40.0.0/16", "UDP 53"),
        ("10.40.0.0/16", "TCP 53"),
        ("0.0.0.0/0", "TCP 443"),
        ("169.254.170.23/32", "TCP 80"),
        ("own", "TCP 9666"),
    }


def test_all_other_traffic_is_denied_also_in_kube_system() -> None:
    synthesized = synthesize_addons(lambda *args: make_keda(*args, namespace="kube-system"))
    policy = synthesized.one("kubernetes_network_policy_v1", "keda/traffic/deny")
    assert policy["metadata"]["namespace"] == "kube-system"
    assert policy["spec"] == {
        "pod_selector": {"match_labels": {"app.kubernetes.io/instance": "keda"}},
        "policy_types": ["Ingress", "Egress"],
    }
    assert "kubernetes_namespace_v1" not in synthesized.json["resource"]


def test_namespace_of_the_add_on_admits_restricted_pods(synthesized: Synthesized) -> None:
    metadata = synthesized.one("kubernetes_namespace_v1", "keda/namespace/Default")["metadata"]
    assert metadata["name"] == "keda"
    assert metadata["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_one_pod_at_a_time_is_evicted(synthesized: Synthesized) -> None:
    spec = synthesized.one("kubernetes_pod_disruption_budget_v1", "keda/disruption-budget")["spec"]
    assert spec == {
        "max_unavailable": "1",
        "selector": {"match_labels": {"app.kubernetes.io/instance": "keda"}},
    }


def test_policies_and_budget_outlive_the_pods(synthesized: Synthesized) -> None:
    prerequisites = release_of(synthesized, Chart.KEDA)["depends_on"]
    kinds = [each.partition(".")[0] for each in prerequisites]
    policies = synthesized.of_type("kubernetes_network_policy_v1")
    own = [path for path in policies if path.startswith("keda/traffic/")]
    assert kinds.count("kubernetes_network_policy_v1") == len(own)
    assert kinds.count("kubernetes_pod_disruption_budget_v1") == 1


def test_unsupported_kubernetes_version_fails_at_synthesis() -> None:
    with pytest.raises(ConfigError, match=r"2\.20\.2 supports Kubernetes 1\.33 to 1\.35.*runs 1\.36"):
        synthesize_addons(make_keda, kubernetes_version="1.36")


def test_unknown_key_of_a_chart_is_refused() -> None:
    def build(stack: Stack, target: AddonTarget, _: Cluster) -> None:
        Addon(
            stack,
            "keda",
            target=target,
            chart=Chart.KEDA,
            namespace="keda",
            values={"operator": {"replicas": 2}},
            pods=(),
            traffic=Traffic(),
        )

    with pytest.raises(
        ConfigError, match=r"operator\.replicas: the chart has no such key\. Did you mean operator"
    ):
        synthesize_addons(build)
