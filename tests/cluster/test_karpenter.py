import json
from typing import Any

import pytest

from tests.cluster.cluster_builders import address_of, make_cluster, synthesize_cluster
from tests.support import STACK, Synthesized, statements, synthesize

ROLE = "cluster/workloads/kube-system/karpenter/role/"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
INLINE_POLICIES_LIMIT = 10_240
GENERATED_SUFFIX_LENGTH = 20  # characters of a generated id or suffix, in place of a reference


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize_cluster()


@pytest.fixture(scope="module")
def permissions(synthesized: Synthesized) -> list[dict[str, Any]]:
    return [
        statement
        for path, policy in synthesized.of_type("aws_iam_role_policy").items()
        if path.startswith(ROLE)
        for statement in json.loads(policy["policy"])["Statement"]
    ]


def test_karpenter_has_its_own_service_account(synthesized: Synthesized) -> None:
    association = synthesized.one(
        "aws_eks_pod_identity_association", "cluster/workloads/kube-system/karpenter/Default"
    )
    assert (association["namespace"], association["service_account"]) == ("kube-system", "karpenter")


def test_karpenter_may_terminate_and_tag_only_nodes_of_its_cluster(permissions: list[dict[str, Any]]) -> None:
    own = {"aws:ResourceTag/kubernetes.io/cluster/test-cluster": "owned"}
    requested = "aws:RequestTag/kubernetes.io/cluster/test-cluster"
    for statement in permissions:
        actions = set(statement["Action"])
        if actions & {"ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"}:
            assert statement["Condition"]["StringEquals"] == own
        if "ec2:CreateTags" in actions:
            required = statement["Condition"]["StringEquals"]
            assert required == own or required[requested] == "owned"
        if "ec2:CreateLaunchTemplate" in actions:
            assert statement["Condition"]["StringEquals"][requested] == "owned"


def test_instance_launches_require_the_cluster_tags(permissions: list[dict[str, Any]]) -> None:
    launching = [each for each in permissions if "ec2:RunInstances" in each["Action"]]
    assert len(launching) > 1
    for statement in launching:
        if any("instance/" in arn or "launch-template/" in arn for arn in statement["Resource"]):
            assert "kubernetes.io/cluster/test-cluster" in str(statement["Condition"])


def test_permissions_on_all_resources_are_read_only(permissions: list[dict[str, Any]]) -> None:
    for statement in permissions:
        if statement["Resource"] == ["*"]:
            verbs = [action.split(":")[1] for action in statement["Action"]]
            assert all(verb.startswith(("Describe", "Get", "List")) for verb in verbs), statement["Sid"]


def test_zonal_shift_access_is_limited_to_the_cluster(permissions: list[dict[str, Any]]) -> None:
    [statement] = [each for each in permissions if "arc-zonal-shift:GetManagedResource" in each["Action"]]
    own = "arn:aws:eks:eu-west-1:111122223333:cluster/test-cluster"
    assert statement["Condition"] == {"StringEquals": {"arc-zonal-shift:ResourceIdentifier": own}}


def test_karpenter_may_pass_one_role_and_create_no_instance_profile(
    synthesized: Synthesized, permissions: list[dict[str, Any]]
) -> None:
    [pass_role] = [each for each in permissions if "iam:PassRole" in each["Action"]]
    node_role = address_of(synthesized, "aws_iam_role", "cluster/karpenter/node-role/Default")
    assert pass_role["Resource"] == [f"${{{node_role}.arn}}"]
    assert pass_role["Condition"] == {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    iam = {action for each in permissions for action in each["Action"] if action.startswith("iam:")}
    assert iam == {"iam:PassRole", "iam:GetInstanceProfile", "iam:ListInstanceProfiles"}
    profile = synthesized.one("aws_iam_instance_profile")
    assert (profile["name"], profile["role"]) == ("test-cluster-karpenter-node", f"${{{node_role}.name}}")


def test_inline_policies_stay_within_the_iam_quota(synthesized: Synthesized) -> None:
    documents = [
        policy["policy"]
        for path, policy in synthesized.of_type("aws_iam_role_policy").items()
        if path.startswith(ROLE)
    ]
    # IAM ignores white space in the quota. An ARN is about as long as its reference.
    size = sum(len("".join(document.split())) + GENERATED_SUFFIX_LENGTH for document in documents)
    assert size < INLINE_POLICIES_LIMIT


def test_karpenter_nodes_may_join_the_cluster(synthesized: Synthesized) -> None:
    entry = synthesized.one("aws_eks_access_entry", "cluster/karpenter/nodes")
    node_role = address_of(synthesized, "aws_iam_role", "cluster/karpenter/node-role/Default")
    assert entry["type"] == "EC2_LINUX"
    assert entry["principal_arn"] == f"${{{node_role}.arn}}"


def test_all_interruption_events_reach_the_queue(synthesized: Synthesized) -> None:
    queue = address_of(synthesized, "aws_sqs_queue", "cluster/karpenter/interruptions")
    rules = synthesized.of_type("aws_cloudwatch_event_rule")
    targets = synthesized.of_type("aws_cloudwatch_event_target")
    assert {target["arn"] for target in targets.values()} == {f"${{{queue}.arn}}"}
    forwarded = {
        detail
        for path, rule in rules.items()
        if f"{path}-target" in targets
        for detail in json.loads(rule["event_pattern"])["detail-type"]
    }
    assert forwarded == {
        "EC2 Spot Instance Interruption Warning",
        "EC2 Instance Rebalance Recommendation",
        "EC2 Instance State-change Notification",
        "EC2 Capacity Reservation Instance Interruption Warning",
        "AWS Health Event",
    }


def test_the_queue_is_encrypted_short_lived_and_accepts_only_the_rules_over_tls(
    synthesized: Synthesized,
) -> None:
    queue = synthesized.one("aws_sqs_queue")
    assert queue["sqs_managed_sse_enabled"] is True
    assert queue["message_retention_seconds"] == 300
    allowed = statements(synthesized.one("aws_sqs_queue_policy")["policy"])
    senders = allowed["ReceiveEvents"]
    assert senders["Principal"] == {"Service": "events.amazonaws.com"}
    assert senders["Resource"] == ["arn:aws:sqs:eu-west-1:111122223333:test-cluster-karpenter"]
    assert set(senders["Condition"]["ArnEquals"]["aws:SourceArn"]) == {
        f"${{{address_of(synthesized, 'aws_cloudwatch_event_rule', path)}.arn}}"
        for path in synthesized.of_type("aws_cloudwatch_event_rule")
    }
    assert allowed["OnlyTls"]["Effect"] == "Deny"
    assert allowed["OnlyTls"]["Principal"] == {"AWS": "*"}
    assert allowed["OnlyTls"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert allowed["OnlyTls"]["Resource"] == ["arn:aws:sqs:eu-west-1:111122223333:test-cluster-karpenter"]


def test_rule_names_stay_within_the_eventbridge_limit() -> None:
    config = STACK.model_copy(update={"environment": "a" * 40})
    rules = synthesize(make_cluster, config=config).of_type("aws_cloudwatch_event_rule")
    assert all(len(rule["name_prefix"]) <= 64 - 26 for rule in rules.values())
