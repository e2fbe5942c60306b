import pytest

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.protocols import Grantee
from tests.cluster.cluster_builders import address_of, synthesize_cluster
from tests.support import statements


def grant_read_orders(grantee: Grantee) -> None:
    grantee.allow("s3:GetObject", on="arn:aws:s3:::orders/*", policy_name="read-orders")


def test_a_workload_has_a_pod_identity_role_with_its_grants() -> None:
    synthesized = synthesize_cluster(
        then=lambda cluster: grant_read_orders(cluster.workload("orders", namespace="shop"))
    )
    role = address_of(synthesized, "aws_iam_role", "cluster/workloads/shop/orders/role/Default")
    association = synthesized.one("aws_eks_pod_identity_association", "cluster/workloads/shop/orders/Default")
    assert association["cluster_name"] == "${aws_eks_cluster.cluster.name}"
    assert (association["namespace"], association["service_account"]) == ("shop", "orders")
    assert association["role_arn"] == f"${{{role}.arn}}"
    trust = statements(
        synthesized.one("aws_iam_role", "cluster/workloads/shop/orders/role/Default")["assume_role_policy"]
    )["Trust"]
    assert trust["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert set(trust["Action"]) == {"sts:AssumeRole", "sts:TagSession"}
    grant = synthesized.one("aws_iam_role_policy", "cluster/workloads/shop/orders/role/read-orders")
    assert grant["role"] == f"${{{role}.name}}"
    assert statements(grant["policy"])["ReadOrders"]["Resource"] == ["arn:aws:s3:::orders/*"]


def test_workloads_are_created_once_for_each_name_and_namespace() -> None:
    def request_workloads(cluster: Cluster) -> None:
        assert cluster.workload("c", namespace="a-b") is cluster.workload("c", namespace="a-b")
        assert cluster.workload("b-c", namespace="a") is not cluster.workload("c", namespace="a-b")
        assert cluster.workload("d", namespace="a") is not cluster.workload("b-c", namespace="a")
        assert cluster.workload("karpenter", namespace="kube-system").role_arn

    associations = (
        synthesize_cluster(then=request_workloads).of_type("aws_eks_pod_identity_association").values()
    )
    pairs = [(each["namespace"], each["service_account"]) for each in associations]
    requested = [pair for pair in pairs if pair[0] != "kube-system"]
    assert sorted(requested) == [("a", "b-c"), ("a", "d"), ("a-b", "c")]


@pytest.mark.parametrize(
    ("name", "namespace"),
    [("Orders", "shop"), ("orders", "shop/eu"), ("-orders", "shop"), ("a" * 64, "shop")],
)
def test_invalid_kubernetes_names_are_rejected(name: str, namespace: str) -> None:
    with pytest.raises(ConstructError, match="is not a valid Kubernetes name"):
        synthesize_cluster(then=lambda cluster: cluster.workload(name, namespace=namespace))


def test_a_new_workload_keeps_all_other_addresses() -> None:
    without = synthesize_cluster()
    with_one = synthesize_cluster(then=lambda cluster: cluster.workload("orders", namespace="shop"))
    assert without.addresses < with_one.addresses
