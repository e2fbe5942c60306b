"""`arqctl doctor ENV --aws` on an account that moto simulates."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from moto import mock_aws

from arqctl.doctor.aws import all_checks
from arqctl.doctor.aws.account_defaults import ENCRYPTION, PUBLIC_ACCESS
from arqctl.doctor.aws.hosted_zones import HOSTED_ZONES
from arqctl.doctor.aws.identity_providers import IDENTITY_PROVIDERS
from arqctl.doctor.aws.instance_types import INSTANCE_TYPES
from arqctl.doctor.aws.quotas.network import NETWORK_QUOTAS
from arqctl.doctor.aws.regions import REGIONS
from arqctl.doctor.aws.roles import ACCESS_ROLES, BOUNDARIES, DELIVERY_ROLES
from arqctl.doctor.aws.service_linked_roles import SERVICE_LINKED_ROLES
from arqctl.doctor.aws.state import STATE_BUCKET, STATE_KEY
from arqctl.doctor.aws.subscriptions import SUBSCRIPTIONS
from arqctl.doctor.aws.zones import ZONES
from tests.arqctl.command_line import run
from tests.arqctl.doctor.aws.aws_account import ACCOUNT, REGION, recorded_actions
from tests.arqctl.doctor.aws.complete_stacks import SERVICE_LINKED_ROLE_NAMES, complete_stacks
from tests.arqctl.projects import APP, Project, make_app

STATEMENT = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ACCOUNT}}

Capture = pytest.CaptureFixture[str]

# The checks whose operations moto simulates. It has quotas of the VPC only, without usage of Elastic IPs.
SIMULATED = (
    REGIONS,
    ZONES,
    STATE_BUCKET,
    STATE_KEY,
    SERVICE_LINKED_ROLES,
    DELIVERY_ROLES,
    BOUNDARIES,
    IDENTITY_PROVIDERS,
    ENCRYPTION,
    PUBLIC_ACCESS,
    ACCESS_ROLES,
    HOSTED_ZONES,
    INSTANCE_TYPES,
    SUBSCRIPTIONS,
    *(quota.check for quota in NETWORK_QUOTAS if quota.service == "vpc"),
)
MISSING_AT_FIRST = {
    check.name
    for check in SIMULATED
    if check.name not in {"regions", "availability zones", "instance types", "alarm subscriptions"}
    and not check.name.startswith("quota: ")
}


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(all_checks, "CHECKS", SIMULATED)
    with mock_aws():
        yield


@pytest.fixture
def assembly(project: Project) -> Path:
    """An assembly with stacks to which every check applies."""
    for stack in complete_stacks():
        project.raw(stack.name, stack.text)
    return project.outdir


def doctor(capsys: Capture, assembly: Path, *options: str) -> tuple[int, str, str]:
    return run(capsys, "doctor", "production", "--aws", "--from", str(assembly), *options)


def states(capsys: Capture, assembly: Path) -> tuple[int, dict[str, str]]:
    code, out, _ = doctor(capsys, assembly, "--format", "json")
    return code, {row["check"]: row["state"] for row in json.loads(out)["checks"]}


def prepare(stacks: Path) -> None:
    """Do what the administrator and the owner of the domain do."""
    client: Any = boto3.client  # the stubs know literal names only
    key = client("kms", REGION).create_key()["KeyMetadata"]["KeyId"]
    client("kms", REGION).create_alias(AliasName="alias/production-state-key", TargetKeyId=key)
    s3, bucket = client("s3", REGION), "state-of-production"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    encryption = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=encryption)
    iam = client("iam", REGION)
    policy = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})
    boundary = iam.create_policy(PolicyName="production-boundary", PolicyDocument=policy)["Policy"]["Arn"]
    trust = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
    iam.create_role(RoleName="platform-admin", AssumeRolePolicyDocument=trust)
    iam.create_role(
        RoleName="production-delivery-plan", AssumeRolePolicyDocument=trust, PermissionsBoundary=boundary
    )
    for service, name in SERVICE_LINKED_ROLE_NAMES.items():
        # moto's create_service_linked_role gives other names than AWS.
        path = f"/aws-service-role/{service}.amazonaws.com/"
        iam.create_role(Path=path, RoleName=name, AssumeRolePolicyDocument=trust)
    url = "https://token.actions.githubusercontent.com"
    iam.create_open_id_connect_provider(Url=url, ClientIDList=["sts.amazonaws.com"])
    for region in (REGION, "us-east-1"):
        client("ec2", region).enable_ebs_encryption_by_default()
    blocks = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    client("s3control", REGION).put_public_access_block(
        AccountId=ACCOUNT, PublicAccessBlockConfiguration=dict.fromkeys(blocks, True)
    )
    zone = client("route53", REGION).create_hosted_zone(Name="acme.io", CallerReference="first")
    file = stacks / "stacks/production/cdk.tf.json"
    own = zone["HostedZone"]["Id"].removeprefix("/hostedzone/")
    file.write_text(file.read_text().replace("Z04511962NQ8ZBQHN7VTC", own))


def test_an_empty_account_misses_the_resources_of_the_administrator(capsys: Capture, assembly: Path) -> None:
    code, found = states(capsys, assembly)
    assert code == 2
    assert {name for name, state in found.items() if state == "missing"} == MISSING_AT_FIRST
    assert "unknown" not in found.values()


def test_a_prepared_account_is_ready(capsys: Capture, assembly: Path) -> None:
    prepare(assembly)
    code, found = states(capsys, assembly)
    assert {name: state for name, state in found.items() if state != "ok"} == {}
    assert code == 0
    assert "production is ready" in doctor(capsys, assembly)[1]


def test_the_declared_actions_are_enough(capsys: Capture, assembly: Path) -> None:
    prepare(assembly)
    with recorded_actions() as called:
        doctor(capsys, assembly)
    declared = {action for check in SIMULATED for action in check.actions}
    assert called <= declared | {"sts:GetCallerIdentity"}


@pytest.fixture
def _no_quota_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer for moto, which does not simulate requests for larger quotas."""
    original = BaseClient._make_api_call  # type: ignore[attr-defined]  # not in the stubs

    def call(client: BaseClient, operation: str, parameters: Any) -> Any:
        if operation == "ListRequestedServiceQuotaChangeHistoryByQuota":
            return {"RequestedQuotas": []}
        return original(client, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)


@pytest.mark.usefixtures("_no_quota_requests")
def test_resources_of_others_count_against_a_quota(capsys: Capture, assembly: Path) -> None:
    for _ in range(4):
        boto3.client("ec2", REGION).create_vpc(CidrBlock="10.1.0.0/16")
    _, out, _ = doctor(capsys, assembly)
    lines = out.splitlines()
    row = next(at for at, line in enumerate(lines) if line.startswith("quota: VPCs "))
    assert "MISSING  needs 1, others use 5, quota 5" in lines[row]
    assert "--quota-code L-F678F1CE --desired-value 6 --region eu-west-1" in lines[row + 1]


def test_another_account_is_one_row(capsys: Capture, assembly: Path) -> None:
    for file in assembly.glob("stacks/*/cdk.tf.json"):
        file.write_text(file.read_text().replace(ACCOUNT, "406130987345"))
    code, out, _ = doctor(capsys, assembly, "--format", "json")
    (row,) = json.loads(out)["checks"]
    assert (code, row["check"], row["state"]) == (2, "account", "missing")


def test_an_unknown_environment_is_rejected(capsys: Capture, assembly: Path) -> None:
    code, _, err = run(capsys, "doctor", "qa", "--aws", "--from", str(assembly))
    assert code == 2
    assert "qa: is not an environment of this project. Choose from production" in err


@pytest.mark.parametrize("arguments", [("production",), ("--aws",), ("--format", "json"), ("--from", "x")])
def test_environment_and_aws_require_each_other(capsys: Capture, arguments: tuple[str, ...]) -> None:
    code, out, err = run(capsys, "doctor", *arguments)
    assert (code, out) == (2, "")
    assert "ENV and --aws require each other" in err


def test_without_credentials_there_is_one_sentence(capsys: Capture, assembly: Path, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            patch.delenv(name, raising=False)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
            patch.setenv(name, str(tmp_path / "missing"))
        code, out, err = doctor(capsys, assembly)
    assert (code, out) == (2, "")
    fix = "Log in, for example with `aws sso login`, and set AWS_PROFILE"
    assert err == f"arqctl: AWS: there are no credentials. {fix}\n"


def test_the_app_can_reject_values_before_aws_is_asked(
    capsys: Capture, project: Project, assembly: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert assembly.exists()
    make_app(project, 'import os, sys; sys.exit(os.environ["ARQ_AWS_STACKS"] + ": zone_id is an example")')
    monkeypatch.chdir(project.root)
    code, _, err = run(capsys, "doctor", "production", "--aws")
    assert code == 2
    assert "production: zone_id is an example" in err


@pytest.mark.parametrize(
    ("name", "promoted"), [("production-standby", ["", "production"]), ("production-platform", [""])]
)
def test_with_a_standby_the_stacks_after_a_failover_are_synthesized(
    capsys: Capture, project: Project, monkeypatch: pytest.MonkeyPatch, name: str, promoted: list[str]
) -> None:
    project.stack("production")
    project.stack(name)
    make_app(project, f'{APP}\nopen("promoted.txt", "a").write(os.environ["ARQ_PROMOTED"] + ";")')
    monkeypatch.chdir(project.root)
    code, _, _ = run(capsys, "doctor", "production", "--aws")
    assert code == 2
    assert (project.root / "promoted.txt").read_text().split(";")[:-1] == promoted
