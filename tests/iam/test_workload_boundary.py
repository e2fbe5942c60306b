"""Tests that the boundary of workloads allows what the roles of the stacks are granted, and no state."""

from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase

import pytest
from policy_sentry.querying.actions import get_actions_for_service

from tests.iam.escalations import KEY_POLICY, session_of
from tests.iam.resources import decide_all
from tests.iam.simulator import Policy, Principal, Request, Simulator
from tests.iam.statements import allow, allow_principal, document
from tests.iam.synthesized import SynthesizedEnvironment

PRODUCTION = SynthesizedEnvironment("production")
WORKLOAD = Principal(
    arn="arn:aws:iam::210987654321:role/production/production-r",
    identity=[document(allow("*"))],
    boundary=PRODUCTION.workload_boundary,
)


def actions(policy: Policy) -> Iterator[str]:
    for statement in policy["Statement"]:
        if statement["Effect"] != "Allow":
            continue
        patterns = statement["Action"]
        for pattern in [patterns] if isinstance(patterns, str) else patterns:
            known = get_actions_for_service(pattern.partition(":")[0])
            yield from (each for each in known if fnmatchcase(each.lower(), pattern.lower()))


# AmazonEKSClusterPolicy has these for routes to pods. EKS makes none: the VPC CNI gives pods addresses.
NOT_USED = {"ec2:CreateRoute", "ec2:DeleteRoute", "ec2:ModifyInstanceAttribute"}


def denied(simulator: Simulator, action: str) -> list[str]:
    decisions = decide_all(
        simulator,
        WORKLOAD,
        action,
        iam__PassedToService="ec2.amazonaws.com",
        iam__AWSServiceName="elasticloadbalancing.amazonaws.com",
    )
    return [resource for resource, each in decisions.items() if not each.is_allowed]


def test_roles_of_the_stacks_keep_their_permissions(simulator: Simulator) -> None:
    granted = {
        action for role in PRODUCTION.workloads() for policy in role.identity for action in actions(policy)
    }
    assert len(granted) > 100
    found = {action for action in granted if denied(simulator, action)}
    assert found == NOT_USED


@pytest.mark.parametrize(
    ("action", "resource", "key", "own", "foreign"),
    [
        (
            "iam:PassRole",
            "arn:aws:iam::210987654321:role/production/production-r",
            "iam:PassedToService",
            "ec2.amazonaws.com",
            "codebuild.amazonaws.com",
        ),
        (
            "iam:CreateServiceLinkedRole",
            "arn:aws:iam::210987654321:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
            "iam:AWSServiceName",
            "spot.amazonaws.com",
            "ec2.amazonaws.com",
        ),
        (
            "ec2:CreateNetworkInterfacePermission",
            "arn:aws:ec2:eu-west-1:210987654321:network-interface/eni-0123456789abcdef0",
            "ec2:AuthorizedService",
            "codebuild.amazonaws.com",
            "ec2.amazonaws.com",
        ),
    ],
)
def test_a_key_limits_the_service_of_its_own_action(
    action: str, resource: str, key: str, own: str, foreign: str, simulator: Simulator
) -> None:
    request = Request(action=action, resource=resource, context={key: own})
    assert simulator.decide(WORKLOAD, request).is_allowed
    for context in ({key: foreign}, {}):
        denied_request = replace(request, context=context)
        assert simulator.decide(WORKLOAD, denied_request).result == "ExplicitlyDenied"


TAGS = [
    "environment=production",
    "kubernetes.io/cluster/production-cluster=owned",
    "ebs.csi.aws.com/cluster=true",
]


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("resource", ["instance/i-0123456789abcdef0", "volume/vol-0123456789abcdef0"])
def test_the_ebs_driver_attaches_volumes_of_the_cluster(
    resource: str, tag: str, simulator: Simulator
) -> None:
    key, value = tag.split("=")
    arn = f"arn:aws:ec2:eu-west-1:210987654321:{resource}"
    own = Request(action="ec2:AttachVolume", resource=arn, context={f"aws:ResourceTag/{key}": value})
    assert simulator.decide(WORKLOAD, own).is_allowed
    assert not simulator.decide(WORKLOAD, replace(own, context={})).is_allowed


KEY = "arn:aws:kms:eu-west-1:210987654321:key/1234abcd-12ab-34cd-56ef-1234567890ab"
STATE = "s3:::arq-state-210987654321-eu-west-1"
COPY = "s3:::arq-state-copy-210987654321-eu-central-1"


@pytest.mark.parametrize("session", [False, True])
@pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"])
@pytest.mark.parametrize(
    "name", [f"{STATE}/production.tfstate", f"{COPY}/production.tfstate", "s3:::production-state-logs-1/log"]
)
def test_workloads_have_no_state(name: str, action: str, session: bool, simulator: Simulator) -> None:
    """Not even if the policy of the bucket allows the role or its session."""
    caller = replace(WORKLOAD, arn=session_of(WORKLOAD)) if session else WORKLOAD
    policy = document(allow_principal(caller.arn, "s3:*"))
    request = Request(action=action, resource=f"arn:aws:{name}", policy=policy)
    assert simulator.decide(caller, request).result == "ExplicitlyDenied"


@pytest.mark.parametrize("action", ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"])
@pytest.mark.parametrize("alias", ["alias/production-state-key", "alias/production-state-copy-key"])
def test_workloads_do_not_use_the_states_keys(action: str, alias: str, simulator: Simulator) -> None:
    context = {"kms:ResourceAliases": [alias]}
    request = Request(action=action, resource=KEY, policy=KEY_POLICY, context=context)
    assert simulator.decide(WORKLOAD, request).result == "ExplicitlyDenied"


def test_workloads_use_other_keys(simulator: Simulator) -> None:
    request = Request(action="kms:Decrypt", resource=KEY, policy=KEY_POLICY)
    assert simulator.decide(WORKLOAD, request).is_allowed


@pytest.mark.parametrize(
    "provider", ["arn:aws:iam::999900001111:oidc-provider/oidc.eks", "graph.facebook.com"]
)
def test_sessions_of_web_identities_can_do_nothing(provider: str, simulator: Simulator) -> None:
    request = Request(action="sqs:ListQueues", context={"aws:FederatedProvider": provider})
    assert simulator.decide(WORKLOAD, request).result == "ExplicitlyDenied"
    assert simulator.decide(WORKLOAD, replace(request, context={})).is_allowed
