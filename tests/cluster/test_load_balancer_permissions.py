import json
from typing import Any

import pytest

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.compute.load_balancer import LoadBalancer, LoadBalancerConfig
from constructs_arq.core.stack import Stack
from constructs_arq.edge.certificate import Certificate, HostedZone
from constructs_arq.storage.bucket import LogBucket
from tests.cluster.cluster_builders import CONFIG, make_network, synthesize_cluster
from tests.support import Synthesized, synthesize

WORKLOAD = "cluster/workloads/kube-system/aws-load-balancer-controller/"


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize_cluster()


@pytest.fixture(scope="module")
def permissions(synthesized: Synthesized) -> list[dict[str, Any]]:
    return permissions_of(synthesized)


def permissions_of(synthesized: Synthesized) -> list[dict[str, Any]]:
    return [
        statement
        for path, policy in synthesized.of_type("aws_iam_role_policy").items()
        if path.startswith(f"{WORKLOAD}role/")
        for statement in json.loads(policy["policy"])["Statement"]
    ]


def test_the_controller_has_the_service_account_of_its_chart(synthesized: Synthesized) -> None:
    association = synthesized.one("aws_eks_pod_identity_association", f"{WORKLOAD}Default")
    assert (association["namespace"], association["service_account"]) == (
        "kube-system",
        "aws-load-balancer-controller",
    )


def test_the_controller_may_only_read_target_groups_and_network(
    permissions: list[dict[str, Any]],
) -> None:
    [statement] = permissions
    assert set(statement["Action"]) == {
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeVpcs",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
    }
    assert statement["Condition"] == {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}


def test_the_controller_changes_only_a_granted_target_group() -> None:
    def build(stack: Stack) -> None:
        private = make_network(stack).private
        cluster = Cluster(stack, "cluster", subnets=private, config=CONFIG)
        zone = HostedZone(zone_id="Z0123456789", name="arq.example")
        ingress = LoadBalancer(
            stack,
            "ingress",
            subnets=private,
            certificate=Certificate(stack, "certificate", zone=zone, domain="api.arq.example"),
            access_logs=LogBucket(stack, "logs", retention_days=30),
            config=LoadBalancerConfig(),
        )
        group = ingress.add_target_group("api", port=8443, priority=10, paths=("/api/*",))
        group.grant_register(cluster.load_balancer_controller)

    reading, changing = permissions_of(synthesize(build))
    assert all(":Describe" in action for action in reading["Action"])
    assert changing["Action"] == [
        "elasticloadbalancing:RegisterTargets",
        "elasticloadbalancing:DeregisterTargets",
    ]
    assert [arn.partition(".")[0] for arn in changing["Resource"]] == ["${aws_lb_target_group"]
