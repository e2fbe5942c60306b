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
CLUSTER_TAG = "elbv2.k8s.aws/cluster"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
INLINE_POLICIES_LIMIT = 10_240


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


def allowing(permissions: list[dict[str, Any]], action: str) -> list[dict[str, Any]]:
    return [statement for statement in permissions if action in statement["Action"]]


def test_the_controller_has_the_service_account_of_its_chart(synthesized: Synthesized) -> None:
    association = synthesized.one("aws_eks_pod_identity_association", f"{WORKLOAD}Default")
    assert (association["namespace"], association["service_account"]) == (
        "kube-system",
        "aws-load-balancer-controller",
    )


def test_permissions_on_all_resources_are_read_only(permissions: list[dict[str, Any]]) -> None:
    everywhere = [statement for statement in permissions if statement["Resource"] == ["*"]]
    assert everywhere
    for statement in everywhere:
        verbs = [action.split(":")[1] for action in statement["Action"]]
        assert all(verb.startswith(("Describe", "Get", "List")) for verb in verbs), statement["Sid"]


@pytest.mark.parametrize(
    "action",
    [
        "elasticloadbalancing:DeleteLoadBalancer",
        "elasticloadbalancing:SetSecurityGroups",
        "elasticloadbalancing:DeleteTargetGroup",
        "elasticloadbalancing:RegisterTargets",
        "ec2:DeleteSecurityGroup",
    ],
)
def test_changes_are_limited_to_resources_of_the_cluster(
    permissions: list[dict[str, Any]], action: str
) -> None:
    [statement] = allowing(permissions, action)
    assert statement["Condition"]["StringEquals"] == {f"aws:ResourceTag/{CLUSTER_TAG}": "test-cluster"}


def test_new_load_balancers_are_internal_and_tagged(permissions: list[dict[str, Any]]) -> None:
    [statement] = allowing(permissions, "elasticloadbalancing:CreateLoadBalancer")
    assert statement["Condition"]["StringEquals"] == {
        f"aws:RequestTag/{CLUSTER_TAG}": "test-cluster",
        "elasticloadbalancing:Scheme": "internal",
    }


def test_the_cluster_tag_is_set_only_on_creation(permissions: list[dict[str, Any]]) -> None:
    for action in ("ec2:CreateTags", "elasticloadbalancing:AddTags"):
        for statement in allowing(permissions, action):
            conditions = statement.get("Condition", {})
            creating = {"ec2:CreateAction", "elasticloadbalancing:CreateAction"} & set(
                conditions.get("StringEquals", {})
            )
            keeping = conditions.get("Null") == {f"aws:RequestTag/{CLUSTER_TAG}": "true"}
            # Listeners and rules are limited by name: their tags give no further permission.
            by_name = all("/k8s-*" in arn and ":listener" in arn for arn in statement["Resource"])
            assert creating or keeping or by_name, statement["Sid"]


def test_listeners_of_other_load_balancers_are_out_of_reach(permissions: list[dict[str, Any]]) -> None:
    for action in ("CreateListener", "ModifyListener", "CreateRule", "DeleteRule", "SetRulePriorities"):
        [statement] = allowing(permissions, f"elasticloadbalancing:{action}")
        assert all(arn.endswith(("/app/k8s-*", "/net/k8s-*")) for arn in statement["Resource"])


def test_ingress_rules_reach_only_groups_of_the_cluster(permissions: list[dict[str, Any]]) -> None:
    tags = [
        statement["Condition"]["StringEquals"]
        for statement in allowing(permissions, "ec2:AuthorizeSecurityGroupIngress")
    ]
    assert tags == [
        {f"aws:ResourceTag/{CLUSTER_TAG}": "test-cluster"},
        {"aws:ResourceTag/kubernetes.io/cluster/test-cluster": "owned"},
    ]


def test_inline_policies_stay_within_the_iam_quota(synthesized: Synthesized) -> None:
    documents = [
        policy["policy"]
        for path, policy in synthesized.of_type("aws_iam_role_policy").items()
        if path.startswith(f"{WORKLOAD}role/")
    ]
    assert sum(len("".join(document.split())) for document in documents) < INLINE_POLICIES_LIMIT * 0.8


def test_a_granted_target_group_needs_no_cluster_tag() -> None:
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

    granted = [
        statement
        for statement in allowing(permissions_of(synthesize(build)), "elasticloadbalancing:RegisterTargets")
        if "Condition" not in statement
    ]
    assert [arn.partition(".")[0] for arn in granted[0]["Resource"]] == ["${aws_lb_target_group"]
    assert granted[0]["Action"] == [
        "elasticloadbalancing:RegisterTargets",
        "elasticloadbalancing:DeregisterTargets",
    ]
