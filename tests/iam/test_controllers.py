"""Tests what the controllers in the cluster can do on AWS, with the boundary of workloads."""

import pytest

from tests.iam.simulator import Principal, Request, Simulator
from tests.iam.synthesized import SNAPSHOTS, SynthesizedEnvironment, SynthesizedStack

PRODUCTION = SynthesizedEnvironment("production")
STANDBY = SynthesizedStack.read("production-standby", SNAPSHOTS)
ZONE = "arn:aws:route53:::hostedzone/Z0PRODUCTION1EXAMPLE"
SECRETS = "arn:aws:secretsmanager:eu-west-1:210987654321:secret"


def controller(namespace: str, name: str, stack: SynthesizedStack = PRODUCTION.platform) -> Principal:
    [label] = [
        each
        for each in stack.blocks("aws_iam_role")
        if each.startswith(f"cluster_workloads_{namespace}_{name}_role_")
        or (namespace == name and each.startswith(f"cluster_workloads_{name}_role_"))
    ]
    return stack.principal(label, PRODUCTION.workload_boundary)


def change(name: str, kind: str, zone: str = ZONE) -> Request:
    prefix = "route53:ChangeResourceRecordSets"
    return Request(
        action=prefix,
        resource=zone,
        context={
            f"{prefix}NormalizedRecordNames": [name],
            f"{prefix}RecordTypes": [kind],
            f"{prefix}Actions": ["UPSERT"],
        },
    )


@pytest.mark.parametrize(
    ("request_", "allowed"),
    [
        (change("_acme-challenge.api.app.arq.example", "TXT"), True),
        (change("_acme-challenge.api.app.arq.example", "A"), False),
        (change("app.arq.example", "TXT"), False),
        (change("_acme-challenge.arq.example", "TXT", "arn:aws:route53:::hostedzone/Z0OTHER"), False),
    ],
    ids=["challenge", "address", "other-name", "other-zone"],
)
def test_cert_manager_changes_only_challenges(request_: Request, allowed: bool, simulator: Simulator) -> None:
    caller = controller("cert-manager", "cert-manager")
    assert simulator.decide(caller, request_).is_allowed is allowed


@pytest.mark.parametrize(
    ("secret", "allowed"), [("production/shop/api-AbCdEf", True), ("staging/shop/api-AbCdEf", False)]
)
@pytest.mark.parametrize("action", ["GetSecretValue", "DescribeSecret"])
def test_external_secrets_reads_only_secrets_of_the_environment(
    action: str, secret: str, allowed: bool, simulator: Simulator
) -> None:
    caller = controller("external-secrets", "external-secrets")
    request = Request(action=f"secretsmanager:{action}", resource=f"{SECRETS}:{secret}")
    assert simulator.decide(caller, request).is_allowed is allowed


@pytest.mark.parametrize(("region", "allowed"), [("eu-central-1", True), ("eu-west-1", False)])
def test_external_secrets_of_the_standby_reads_replicas_in_its_region_only(
    region: str, allowed: bool, simulator: Simulator
) -> None:
    """A replica has the ARN of its secret with its own region."""
    caller = controller("external-secrets", "external-secrets", STANDBY)
    replica = f"arn:aws:secretsmanager:{region}:210987654321:secret:production/sentry-AbCdEf"
    request = Request(action="secretsmanager:GetSecretValue", resource=replica)
    assert simulator.decide(caller, request).is_allowed is allowed


@pytest.mark.parametrize(
    ("request_", "allowed"),
    [
        (change("partners.arq.example", "A"), True),
        (change("partners.arq.example", "AAAA"), True),
        (change("external-dns-cname-partners.arq.example", "TXT"), True),
        (change("external-dns-aaaa-partners.arq.example", "TXT"), True),
        (change("partners.arq.example", "NS"), False),
        (change("status.arq.example", "A"), False),
        (change("app.arq.example", "A"), False),
        (change("api.app.arq.example", "A"), False),
        (change("_acme-challenge.app.arq.example", "TXT"), False),
        (change("dev.arq.example", "NS"), False),
    ],
    ids=["host", "host-6", "owner", "owner-6", "type", "other", "site", "api", "challenge", "delegation"],
)
def test_external_dns_changes_the_records_of_hosts_only(
    request_: Request, allowed: bool, simulator: Simulator
) -> None:
    caller = controller("external-dns", "external-dns")
    assert simulator.decide(caller, request_).is_allowed is allowed


@pytest.mark.parametrize(
    ("profile", "allowed"),
    [
        ("production-cluster-karpenter-node", True),
        ("production-cluster_1234567890", True),
        ("production-other", False),
    ],
)
def test_karpenter_finds_the_profiles_that_a_deletion_checks(
    profile: str, allowed: bool, simulator: Simulator
) -> None:
    caller = controller("kube-system", "karpenter")
    arn = f"arn:aws:iam::210987654321:instance-profile/{profile}"
    request = Request(action="iam:GetInstanceProfile", resource=arn)
    assert simulator.decide(caller, request).is_allowed is allowed


@pytest.mark.parametrize(("action", "allowed"), [("ecr:BatchGetImage", True), ("ecr:PutImage", False)])
def test_trivy_pulls_images(action: str, allowed: bool, simulator: Simulator) -> None:
    caller = controller("trivy-operator", "trivy-operator")
    arn = "arn:aws:ecr:eu-west-1:210987654321:repository/production-images"
    assert simulator.decide(caller, Request(action=action, resource=arn)).is_allowed is allowed
