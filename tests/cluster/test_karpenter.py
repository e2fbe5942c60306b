import json
from typing import Any

import pytest

from tests.cluster.clusters import address_of, make_cluster, synthesize_cluster
from tests.support import STACK, Synthesized, statements, synthesize

ROLE = "cluster/workloads/kube-system/karpenter/role/"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
INLINE_POLICIES_LIMIT = 10_240
NAMED_BY_AWS = 20  # characters of a generated id or suffix, in place of a reference


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


def test_karpenter_runs_as_its_own_service_account(synthesized: Synthesized) -> None:
    association = synthesized.one(
        "aws_eks_pod_identity_association", "cluster/workloads/kube-system/karpenter/Default"
    )
    assert (association["namespace"], association["service_account"]) == ("kube-system", "karpenter")


def test_it_ends_and_tags_only_nodes_of_its_own_cluster(permissions: list[dict[str, Any]]) -> None:
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


def test_instances_are_only_launched_with_the_clusters_tags(permissions: list[dict[str, Any]]) -> None:
    launching = [each for each in permissions if "ec2:RunInstances" in each["Action"]]
    assert len(launching) > 1
    for statement in launching:
        if any("instance/" in arn or "launch-template/" in arn for arn in statement["Resource"]):
            assert "kubernetes.io/cluster/test-cluster" in str(statement["Condition"])


def test_whatever_is_allowed_everywhere_only_looks(permissions: list[dict[str, Any]]) -> None:
    for statement in permissions:
        if statement["Resource"] == ["*"]:
            verbs = [action.split(":")[1] for action in statement["Action"]]
            assert all(verb.startswith(("Describe", "Get", "List")) for verb in verbs), statement["Sid"]


def test_it_asks_for_the_zonal_shift_of_its_own_cluster(permissions: list[dict[str, Any]]) -> None:
    [looking] = [each for each in permissions if "arc-zonal-shift:GetManagedResource" in each["Action"]]
    own = "arn:aws:eks:eu-west-1:111122223333:cluster/test-cluster"
    assert looking["Condition"] == {"StringEquals": {"arc-zonal-shift:ResourceIdentifier": own}}


def test_it_passes_one_role_to_ec2_and_makes_no_profile(
    synthesized: Synthesized, permissions: list[dict[str, Any]]
) -> None:
    [passing] = [each for each in permissions if "iam:PassRole" in each["Action"]]
    node_role = address_of(synthesized, "aws_iam_role", "cluster/karpenter/node-role/Default")
    assert passing["Resource"] == [f"${{{node_role}.arn}}"]
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    iam = {action for each in permissions for action in each["Action"] if action.startswith("iam:")}
    assert iam == {"iam:PassRole", "iam:GetInstanceProfile", "iam:ListInstanceProfiles"}
    profile = synthesized.one("aws_iam_instance_profile")
    assert (profile["name"], profile["role"]) == ("test-cluster-karpenter-node", f"${{{node_role}.name}}")


def test_its_permissions_fit_into_one_role(synthesized: Synthesized) -> None:
    documents = [
        policy["policy"]
        for path, policy in synthesized.of_type("aws_iam_role_policy").items()
        if path.startswith(ROLE)
    ]
    # IAM doesn't count white space; references become ARNs of about their own length.
    size = sum(len("".join(document.split())) + NAMED_BY_AWS for document in documents)
    assert size < INLINE_POLICIES_LIMIT


def test_its_nodes_may_join_the_cluster(synthesized: Synthesized) -> None:
    entry = synthesized.one("aws_eks_access_entry", "cluster/karpenter/nodes")
    node_role = address_of(synthesized, "aws_iam_role", "cluster/karpenter/node-role/Default")
    assert entry["type"] == "EC2_LINUX"
    assert entry["principal_arn"] == f"${{{node_role}.arn}}"


def test_it_hears_of_every_kind_of_interruption(synthesized: Synthesized) -> None:
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


def test_the_queue_is_encrypted_forgets_soon_and_takes_only_these_rules_over_tls(
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


def test_names_stay_within_what_eventbridge_takes() -> None:
    config = STACK.model_copy(update={"environment": "a" * 40})
    rules = synthesize(make_cluster, config=config).of_type("aws_cloudwatch_event_rule")
    assert all(len(rule["name_prefix"]) <= 64 - 26 for rule in rules.values())
