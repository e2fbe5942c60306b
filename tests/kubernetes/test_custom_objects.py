"""Custom resources are installed by a chart of the library, and may contain references to other resources."""

import json

from constructs_arq.cluster.existing_cluster import ExistingCluster
from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.custom_objects import CustomObject, CustomObjects
from constructs_arq.kubernetes.default_namespace import DefaultNamespace
from constructs_arq.kubernetes.namespace import Namespace
from tests.kubernetes.cluster_stack import synthesize_in_cluster
from tests.support import Synthesized


def _synthesize() -> Synthesized:
    def build(stack: Stack, _cluster: ExistingCluster) -> None:
        shop = Namespace(stack, "shop", name="shop")
        route = CustomObject(
            api_version="example.dev/v1", kind="Route", name="api", namespace=shop.name, spec={"port": 80}
        )
        CustomObjects(stack, "routes", namespace=shop.name, objects=[route])
        DefaultNamespace(stack, "default-namespace")
        CustomObjects(stack, "more", namespace=shop.name, objects=[])

    return synthesize_in_cluster(build)


def test_the_release_has_the_objects_as_kubernetes_reads_them() -> None:
    release = _synthesize().one("helm_release", "routes/Default")
    reference = "${kubernetes_namespace_v1.shop.metadata[0].name}"
    assert json.loads(release["values"][0]) == {
        "objects": [
            {
                "apiVersion": "example.dev/v1",
                "kind": "Route",
                "metadata": {"name": "api", "namespace": reference},
                "spec": {"port": 80},
            }
        ]
    }


def test_all_releases_of_a_stack_use_one_copy_of_the_chart_with_a_relative_path() -> None:
    charts = {each["chart"] for each in _synthesize().of_type("helm_release").values()}
    assert len(charts) == 1
    assert charts.pop().startswith("assets/custom-objects-chart/")


def test_a_namespace_admits_restricted_pods_and_denies_all_traffic() -> None:
    synthesized = _synthesize()
    labels = synthesized.one("kubernetes_namespace_v1")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    policy = synthesized.one("kubernetes_network_policy_v1", "shop/default-deny")
    assert policy["spec"] == {"pod_selector": {}, "policy_types": ["Ingress", "Egress"]}


def test_the_namespace_of_kubernetes_has_the_labels_and_the_policy_of_the_others() -> None:
    synthesized = _synthesize()
    labels = synthesized.one("kubernetes_labels", "default-namespace/Default")
    assert (labels["api_version"], labels["kind"], labels["metadata"]) == (
        "v1",
        "Namespace",
        {"name": "default"},
    )
    assert labels["labels"] == synthesized.one("kubernetes_namespace_v1")["metadata"]["labels"]
    # A label with another owner stops the apply.
    assert "force" not in labels
    policy = synthesized.one("kubernetes_network_policy_v1", "default-namespace/default-deny")
    assert policy["metadata"]["namespace"] == "default"
    assert policy["spec"] == synthesized.one("kubernetes_network_policy_v1", "shop/default-deny")["spec"]
