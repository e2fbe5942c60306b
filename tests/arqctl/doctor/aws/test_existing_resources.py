"""State, roles, hosted zone, defaults: what an administrator makes before the first deployment."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from arqctl.doctor.aws import zone_delegation
from arqctl.doctor.aws.account_defaults import ENCRYPTION, METADATA, PUBLIC_ACCESS
from arqctl.doctor.aws.addon_versions import ADDON_VERSIONS
from arqctl.doctor.aws.anomaly_monitors import ANOMALY_MONITORS
from arqctl.doctor.aws.cloudfront import CLOUDFRONT
from arqctl.doctor.aws.connections import CONNECTIONS
from arqctl.doctor.aws.drills import DRILLS
from arqctl.doctor.aws.heartbeats import HEARTBEATS
from arqctl.doctor.aws.hosted_zones import HOSTED_ZONES
from arqctl.doctor.aws.identity_providers import IDENTITY_PROVIDERS
from arqctl.doctor.aws.node_releases import NODE_RELEASES
from arqctl.doctor.aws.pager_connections import PAGER_CONNECTIONS
from arqctl.doctor.aws.roles import ACCESS_ROLES, BOUNDARIES, DELIVERY_ROLES
from arqctl.doctor.aws.service_linked_roles import ROLE_NAMES, SERVICE_LINKED_ROLES
from arqctl.doctor.aws.state import STATE_BUCKET, STATE_KEY
from arqctl.doctor.aws.subscriptions import SUBSCRIPTIONS
from arqctl.doctor.aws.zone_delegation import DELEGATION, DnsError
from arqctl.doctor.check import Check, Status
from tests.arqctl.doctor.aws.aws_account import ACCOUNT, BACKEND, StubbedAws, run, stack
from tests.arqctl.doctor.aws.complete_stacks import BOUNDARY, SERVICE_LINKED_ROLE_NAMES, complete_stacks

BUCKET = {"Bucket": "state-of-production"}
KMS = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]}
AES = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:production-critical"
NAME_SERVERS = ["ns-1.awsdns-01.org", "ns-2.awsdns-02.co.uk"]


@pytest.fixture
def aws() -> StubbedAws:
    return StubbedAws()


def bucket(
    aws: StubbedAws, *, region: str = "eu-west-1", versioning: str = "Enabled", encryption: Any = KMS
) -> Check:
    aws.answer("s3", "head_bucket", {"BucketRegion": region}, **BUCKET, ExpectedBucketOwner=ACCOUNT)
    aws.answer("s3", "get_bucket_versioning", {"Status": versioning}, **BUCKET)
    aws.answer("s3", "get_bucket_encryption", {"ServerSideEncryptionConfiguration": encryption}, **BUCKET)
    (found,) = run(STATE_BUCKET, aws.api, *complete_stacks())
    return found


def test_a_state_bucket_is_versioned_and_encrypted(aws: StubbedAws) -> None:
    assert bucket(aws).status is Status.OK


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"region": "eu-central-1"}, "is in eu-central-1 instead of eu-west-1"),
        ({"versioning": "Suspended"}, "has no versions"),
        ({"encryption": AES}, "is not encrypted with a KMS key"),
        ({"encryption": {"Rules": []}}, "is not encrypted with a KMS key"),
    ],
)
def test_a_state_bucket_with_wrong_settings_is_missing(aws: StubbedAws, changes: Any, what: str) -> None:
    found = bucket(aws, **changes)
    assert (found.status, found.found) == (Status.MISSING, f"state-of-production: {what}")
    assert found.fix == "cdktf deploy production-bootstrap"


def test_a_state_bucket_without_encryption_settings_is_missing(aws: StubbedAws) -> None:
    aws.answer("s3", "head_bucket", {})
    aws.answer("s3", "get_bucket_versioning", {"Status": "Enabled"})
    aws.reject("s3", "get_bucket_encryption", "ServerSideEncryptionConfigurationNotFoundError")
    (found,) = run(STATE_BUCKET, aws.api, *complete_stacks())
    assert found.status is Status.MISSING


@pytest.mark.parametrize(("code", "status"), [("404", Status.MISSING), ("403", Status.UNKNOWN)])
def test_a_state_bucket_that_does_not_exist_is_missing_and_that_of_others_unknown(
    aws: StubbedAws, code: str, status: Status
) -> None:
    aws.reject("s3", "head_bucket", code)
    (found,) = run(STATE_BUCKET, aws.api, *complete_stacks())
    assert found.status is status


@pytest.mark.parametrize(
    ("state", "status", "fix"),
    [
        ("Enabled", Status.OK, ""),
        ("Disabled", Status.MISSING, "aws kms enable-key --key-id 1234 --region eu-west-1"),
    ],
)
def test_the_key_of_the_state_must_be_enabled(aws: StubbedAws, state: str, status: Status, fix: str) -> None:
    metadata = {"KeyId": "1234", "KeyState": state}
    aws.answer("kms", "describe_key", {"KeyMetadata": metadata}, KeyId=BACKEND["kms_key_id"])
    (found,) = run(STATE_KEY, aws.api, *complete_stacks())
    assert (found.status, found.fix) == (status, fix)


def test_a_key_that_does_not_exist_is_missing(aws: StubbedAws) -> None:
    aws.reject("kms", "describe_key", "NotFoundException")
    (found,) = run(STATE_KEY, aws.api, *complete_stacks())
    assert (found.status, found.fix) == (Status.MISSING, "cdktf deploy production-bootstrap")


def service_linked_roles(aws: StubbedAws, **names: str) -> Check:
    """Check the roles against an account with the roles of these names by service."""
    roles = [
        {"Path": f"/aws-service-role/{service}.amazonaws.com/", "RoleName": name}
        for service, name in names.items()
    ]
    aws.answer("iam", "list_roles", {"Roles": roles}, PathPrefix="/aws-service-role/")
    (found,) = run(SERVICE_LINKED_ROLES, aws.api, *complete_stacks())
    return found


def test_all_service_linked_roles_exist(aws: StubbedAws) -> None:
    found = service_linked_roles(aws, **SERVICE_LINKED_ROLE_NAMES)
    assert (found.status, found.found) == (Status.OK, "6 of 6 exist")


def test_missing_service_linked_roles_come_from_the_account_stack_or_a_command(aws: StubbedAws) -> None:
    names = {
        name: SERVICE_LINKED_ROLE_NAMES[name]
        for name in ("apidestinations.events", "config", "elasticache", "spot")
    }
    found = service_linked_roles(aws, **names)
    assert found.found == "autoscaling.amazonaws.com, rds.amazonaws.com: no role"
    command = "aws iam create-service-linked-role --aws-service-name rds.amazonaws.com"
    assert found.fix == f"cdktf deploy production-account && {command}"


def test_the_role_of_a_fleet_is_not_that_of_autoscaling(aws: StubbedAws) -> None:
    names = {**SERVICE_LINKED_ROLE_NAMES, "autoscaling": "AWSServiceRoleForAutoScaling_production-workers"}
    found = service_linked_roles(aws, **names)
    assert (found.status, found.found) == (Status.MISSING, "autoscaling.amazonaws.com: no role")


def test_every_service_linked_role_of_the_account_stack_has_its_name(assembly_dir: Path) -> None:
    document = json.loads((assembly_dir / "stacks/production-account/cdk.tf.json").read_text())
    patterns = {
        each["path_prefix"].split("/")[2]: each["name_regex"]
        for each in document["data"]["aws_iam_roles"].values()
    }
    assert patterns == {service: f"^{name}$" for service, name in ROLE_NAMES.items()}


def test_roles_with_access_to_the_cluster_exist(aws: StubbedAws) -> None:
    aws.answer("iam", "get_role", {"Role": {"RoleName": "platform-admin"}}, RoleName="platform-admin")
    (found,) = run(ACCESS_ROLES, aws.api, *complete_stacks())
    assert (found.status, found.found) == (Status.OK, "platform-admin")


def test_a_role_with_access_that_does_not_exist_is_missing(aws: StubbedAws) -> None:
    aws.reject("iam", "get_role", "NoSuchEntity")
    (found,) = run(ACCESS_ROLES, aws.api, *complete_stacks())
    assert (found.status, found.found) == (Status.MISSING, "platform-admin: no such role")
    assert "environments/production.py" in found.fix


def test_data_sources_name_roles_too_and_own_roles_are_no_prerequisite(aws: StubbedAws) -> None:
    aws.answer("iam", "get_role", {"Role": {}}, RoleName="on-call")
    own = {
        "aws_iam_role": {"ci": {"name": "ci"}},
        "aws_eks_access_entry": {"ci": {"principal_arn": "arn:aws:iam::1:role/ci"}},
    }
    (found,) = run(
        ACCESS_ROLES, aws.api, stack(resource=own, data={"aws_iam_role": {"x": {"name": "on-call"}}})
    )
    assert found.found == "on-call"


@pytest.mark.parametrize(
    ("role", "status", "what"),
    [
        (
            {"PermissionsBoundary": {"PermissionsBoundaryArn": BOUNDARY}},
            Status.OK,
            "production-delivery-plan",
        ),
        (
            {},
            Status.MISSING,
            f"permissions boundary is not set, not {BOUNDARY}: production-delivery-plan",
        ),
        (
            {
                "PermissionsBoundary": {
                    "PermissionsBoundaryArn": "arn:aws:iam::aws:policy/AdministratorAccess"
                }
            },
            Status.MISSING,
            "permissions boundary is arn:aws:iam::aws:policy/AdministratorAccess, "
            f"not {BOUNDARY}: production-delivery-plan",
        ),
    ],
)
def test_delivery_roles_have_their_boundary(aws: StubbedAws, role: Any, status: Status, what: str) -> None:
    aws.answer("iam", "get_role", {"Role": role}, RoleName="production-delivery-plan")
    (found,) = run(DELIVERY_ROLES, aws.api, *complete_stacks())
    assert (found.status, found.found) == (status, what)


def test_a_missing_delivery_role_comes_from_the_account_stack(aws: StubbedAws) -> None:
    aws.reject("iam", "get_role", "NoSuchEntity")
    (found,) = run(DELIVERY_ROLES, aws.api, *complete_stacks())
    assert (found.status, found.fix) == (Status.MISSING, "cdktf deploy production-account")


def test_the_bootstrap_stack_is_deployed_before_the_account_stack(aws: StubbedAws) -> None:
    aws.reject("iam", "get_role", "NoSuchEntity")
    aws.reject("iam", "get_role", "NoSuchEntity")
    stacks = (
        stack(
            "production-account", resource={"aws_iam_role": {"plan": {"name": "production-delivery-plan"}}}
        ),
        stack("production-bootstrap", resource={"aws_iam_role": {"copy": {"name": "production-copy"}}}),
    )
    (found,) = run(DELIVERY_ROLES, aws.api, *stacks)
    assert found.found == "no such role: production-copy, production-delivery-plan"
    assert found.fix == "cdktf deploy production-bootstrap && cdktf deploy production-account"


def test_boundaries_exist(aws: StubbedAws) -> None:
    aws.answer("iam", "get_policy", {"Policy": {}}, PolicyArn=BOUNDARY)
    (found,) = run(BOUNDARIES, aws.api, *complete_stacks())
    assert (found.status, found.found) == (Status.OK, "production-boundary")


def test_a_missing_boundary_comes_from_the_account_stack(aws: StubbedAws) -> None:
    aws.reject("iam", "get_policy", "NoSuchEntity")
    (found,) = run(BOUNDARIES, aws.api, *complete_stacks())
    assert (found.status, found.fix) == (Status.MISSING, "cdktf deploy production-account")


@pytest.mark.parametrize(
    ("audiences", "status"), [(["sts.amazonaws.com"], Status.OK), (["other"], Status.MISSING)]
)
def test_the_identity_provider_admits_the_audience(
    aws: StubbedAws, audiences: list[str], status: Status
) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
    result = {"ClientIDList": audiences}
    aws.answer("iam", "get_open_id_connect_provider", result, OpenIDConnectProviderArn=arn)
    (found,) = run(IDENTITY_PROVIDERS, aws.api, *complete_stacks())
    assert found.status is status


def test_a_missing_identity_provider_comes_from_the_account_stack(aws: StubbedAws) -> None:
    aws.reject("iam", "get_open_id_connect_provider", "NoSuchEntity")
    (found,) = run(IDENTITY_PROVIDERS, aws.api, *complete_stacks())
    assert (found.status, found.fix) == (Status.MISSING, "cdktf deploy production-account")


@pytest.mark.parametrize(("edge", "status"), [(True, Status.OK), (False, Status.MISSING)])
def test_ebs_encryption_is_on_in_all_regions_of_the_configuration(
    aws: StubbedAws, edge: object, status: Status
) -> None:
    aws.answer("ec2", "get_ebs_encryption_by_default", {"EbsEncryptionByDefault": True})
    aws.answer("ec2", "get_ebs_encryption_by_default", {"EbsEncryptionByDefault": edge}, region="us-east-1")
    (found,) = run(ENCRYPTION, aws.api, *complete_stacks())
    assert found.status is status
    assert found.fix in ("", "cdktf deploy production-account")


@pytest.mark.parametrize(
    ("level", "status"),
    [
        ({"HttpTokens": "required"}, Status.OK),
        ({"HttpTokens": "optional"}, Status.MISSING),
        ({}, Status.MISSING),
    ],
)
def test_instances_require_imdsv2_by_default(aws: StubbedAws, level: Any, status: Status) -> None:
    aws.answer("ec2", "get_instance_metadata_defaults", {"AccountLevel": level})
    (found,) = run(METADATA, aws.api, *complete_stacks())
    assert found.status is status


def test_a_default_without_an_account_stack_has_a_command(aws: StubbedAws) -> None:
    aws.answer("ec2", "get_instance_metadata_defaults", {})
    (found,) = run(METADATA, aws.api, stack())
    assert found.fix == "aws ec2 modify-instance-metadata-defaults --http-tokens required --region eu-west-1"


@pytest.mark.parametrize(("last", "status"), [(True, Status.OK), (False, Status.MISSING)])
def test_s3_blocks_all_public_access(aws: StubbedAws, last: object, status: Status) -> None:
    blocks = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True}
    result = {"PublicAccessBlockConfiguration": {**blocks, "RestrictPublicBuckets": last}}
    aws.answer("s3control", "get_public_access_block", result, AccountId=ACCOUNT)
    (found,) = run(PUBLIC_ACCESS, aws.api, *complete_stacks())
    assert found.status is status


def test_an_account_without_a_public_access_block_is_missing(aws: StubbedAws) -> None:
    aws.reject("s3control", "get_public_access_block", "NoSuchPublicAccessBlockConfiguration")
    (found,) = run(PUBLIC_ACCESS, aws.api, stack())
    assert found.status is Status.MISSING
    assert found.fix.startswith(f"aws s3control put-public-access-block --account-id {ACCOUNT} ")


@pytest.mark.parametrize(
    ("name", "dimension", "status"),
    [
        ("Default-Services-Monitor", "SERVICE", Status.MISSING),
        ("production-costs", "SERVICE", Status.OK),
        ("teams", "TAG", Status.OK),
    ],
)
def test_another_monitor_of_the_services_is_found_with_its_arn(
    aws: StubbedAws, name: str, dimension: str, status: Status
) -> None:
    arn = f"arn:aws:ce::{ACCOUNT}:anomalymonitor/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"
    monitor = {
        "MonitorArn": arn,
        "MonitorName": name,
        "MonitorType": "DIMENSIONAL",
        "MonitorDimension": dimension,
    }
    aws.answer(
        "ce", "get_anomaly_monitors", {"AnomalyMonitors": [monitor]}, region="us-east-1", MaxResults=100
    )
    (found,) = run(ANOMALY_MONITORS, aws.api, *complete_stacks())
    assert found.status is status
    assert (arn in found.fix) is (status is Status.MISSING)


def test_a_stack_without_a_monitor_asks_nothing(aws: StubbedAws) -> None:
    assert run(ANOMALY_MONITORS, aws.api, stack()) == []


def hosted_zone(aws: StubbedAws, name: str = "acme.io.", *, private: object = False) -> None:
    zone = {"Name": name, "Config": {"PrivateZone": private}}
    result = {"HostedZone": zone, "DelegationSet": {"NameServers": NAME_SERVERS}}
    aws.answer("route53", "get_hosted_zone", result, Id="Z04511962NQ8ZBQHN7VTC")


@pytest.mark.parametrize(
    ("name", "private", "status"),
    [
        ("acme.io.", False, Status.OK),
        ("acme.io.", True, Status.MISSING),
        ("me.io.", False, Status.MISSING),
        ("other.io.", False, Status.MISSING),
    ],
)
def test_the_hosted_zone_is_public_and_contains_the_domains(
    aws: StubbedAws, name: str, private: object, status: Status
) -> None:
    hosted_zone(aws, name, private=private)
    (found,) = run(HOSTED_ZONES, aws.api, *complete_stacks())
    assert found.status is status


def test_a_hosted_zone_that_does_not_exist_is_missing(aws: StubbedAws) -> None:
    aws.reject("route53", "get_hosted_zone", "NoSuchHostedZone")
    (found,) = run(HOSTED_ZONES, aws.api, *complete_stacks())
    assert found.found == "Z04511962NQ8ZBQHN7VTC: not in this account"


@pytest.mark.parametrize(
    ("public", "status"),
    [(NAME_SERVERS, Status.OK), (["ns.old.net"], Status.MISSING), ([], Status.MISSING)],
)
def test_public_dns_must_have_the_name_servers_of_the_zone(
    aws: StubbedAws, monkeypatch: pytest.MonkeyPatch, public: list[str], status: Status
) -> None:
    monkeypatch.setattr(zone_delegation, "find_name_servers", lambda _: frozenset(public))
    hosted_zone(aws)
    (found,) = run(DELEGATION, aws.api, *complete_stacks())
    assert found.status is status
    assert (", ".join(NAME_SERVERS) in found.fix) is (status is Status.MISSING)


def test_a_delegation_without_an_answer_is_unknown(aws: StubbedAws, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> frozenset[str]:
        raise DnsError("LifetimeTimeout: 10 seconds")

    monkeypatch.setattr(zone_delegation, "find_name_servers", fail)
    hosted_zone(aws)
    (found,) = run(DELEGATION, aws.api, *complete_stacks())
    assert (found.status, "LifetimeTimeout" in found.found) == (Status.UNKNOWN, True)


def test_a_distribution_proves_that_the_account_is_verified(aws: StubbedAws) -> None:
    result = {"DistributionList": {"Items": [{"Comment": "old"}]}}
    aws.answer("cloudfront", "list_distributions", result, region="us-east-1")
    (found,) = run(CLOUDFRONT, aws.api, *complete_stacks())
    assert found.status is Status.OK


def test_without_a_distribution_the_verification_is_unknown(aws: StubbedAws) -> None:
    aws.answer("cloudfront", "list_distributions", {"DistributionList": {"Items": []}}, region="us-east-1")
    (found,) = run(CLOUDFRONT, aws.api, *complete_stacks())
    assert found.status is Status.UNKNOWN
    assert "https://console.aws.amazon.com/support/home" in found.fix


@pytest.mark.parametrize(
    ("state", "status", "fix"),
    [
        ("AVAILABLE", Status.OK, ""),
        ("PENDING", Status.MISSING, "As an owner of the GitHub organization, choose Update pending "),
    ],
)
def test_somebody_has_authorized_the_code_connection(
    aws: StubbedAws, state: str, status: Status, fix: str
) -> None:
    connections = [{"ConnectionName": "production-github", "ConnectionStatus": state}]
    aws.answer("codestar-connections", "list_connections", {"Connections": connections})
    (found,) = run(CONNECTIONS, aws.api, *complete_stacks())
    assert found.status is status
    assert found.fix.startswith(fix)


def test_a_connection_of_the_new_type_is_listed_by_the_new_service(aws: StubbedAws) -> None:
    connections = [{"ConnectionName": "github", "ConnectionStatus": "AVAILABLE"}]
    aws.answer("codeconnections", "list_connections", {"Connections": connections})
    new = {"aws_codeconnections_connection": {"github": {"name": "github"}}}
    (found,) = run(CONNECTIONS, aws.api, stack(resource=new))
    assert found.status is Status.OK


def test_a_code_connection_that_does_not_exist_is_missing(aws: StubbedAws) -> None:
    aws.answer("codestar-connections", "list_connections", {"Connections": []})
    (found,) = run(CONNECTIONS, aws.api, *complete_stacks())
    assert (found.status, found.fix) == (Status.MISSING, "cdktf deploy production-account")


@pytest.mark.parametrize(
    ("endpoints", "status", "what"),
    [
        ({}, Status.OK, "none yet: the first deployment creates them"),
        ({"on-call@acme.io": "arn:aws:sns:x"}, Status.OK, "1 confirmed"),
        (
            {"on-call@acme.io": "PendingConfirmation"},
            Status.MISSING,
            "on-call@acme.io in eu-west-1: not confirmed",
        ),
        ({"x@other.io": "PendingConfirmation"}, Status.OK, "none yet: the first deployment creates them"),
    ],
)
def test_subscribers_have_confirmed(
    aws: StubbedAws, endpoints: dict[str, str], status: Status, what: str
) -> None:
    subscriptions = [
        {"Endpoint": endpoint, "SubscriptionArn": arn, "TopicArn": TOPIC}
        for endpoint, arn in endpoints.items()
    ]
    aws.answer("sns", "list_subscriptions", {"Subscriptions": subscriptions})
    aws.answer("sns", "list_topics", {"Topics": []})
    (found,) = run(SUBSCRIPTIONS, aws.api, *complete_stacks())
    assert (found.status, found.found) == (status, what)


def test_an_endpoint_that_confirmed_another_topic_is_not_confirmed(aws: StubbedAws) -> None:
    other = {"Endpoint": "on-call@acme.io", "SubscriptionArn": "arn:aws:sns:x", "TopicArn": f"{TOPIC}-2"}
    own = {"Endpoint": "on-call@acme.io", "SubscriptionArn": "PendingConfirmation", "TopicArn": TOPIC}
    for listed, status, what in (
        ([other], Status.OK, "none yet: the first deployment creates them"),
        ([other, own], Status.MISSING, "on-call@acme.io in eu-west-1: not confirmed"),
    ):
        aws.answer("sns", "list_subscriptions", {"Subscriptions": listed})
        aws.answer("sns", "list_topics", {"Topics": []})
        (found,) = run(SUBSCRIPTIONS, aws.api, *complete_stacks())
        assert (found.status, found.found) == (status, what)


def test_a_subscription_that_sns_deleted_is_missing(aws: StubbedAws) -> None:
    aws.answer("sns", "list_subscriptions", {"Subscriptions": []})
    aws.answer("sns", "list_topics", {"Topics": [{"TopicArn": TOPIC}]})
    (found,) = run(SUBSCRIPTIONS, aws.api, *complete_stacks())
    assert (found.status, found.found) == (Status.MISSING, "on-call@acme.io in eu-west-1: not subscribed")
    assert found.fix == "cdktf deploy production, then confirm the e-mail"


@pytest.mark.parametrize(
    ("description", "state", "status", "what"),
    [
        ("PagerDuty: key set by arqctl paging set-key", "AUTHORIZED", Status.OK, "AUTHORIZED"),
        ("PagerDuty: no key yet", "AUTHORIZED", Status.MISSING, "has no key, so nobody is paged"),
        ("PagerDuty: key set", "DEAUTHORIZED", Status.MISSING, "DEAUTHORIZED, so nobody is paged"),
    ],
)
def test_the_pager_has_a_key(
    aws: StubbedAws, description: str, state: str, status: Status, what: str
) -> None:
    answer = {"ConnectionState": state, "Description": description}
    aws.answer("events", "describe_connection", answer, Name="production-pager")
    (found,) = run(PAGER_CONNECTIONS, aws.api, *complete_stacks())
    assert (found.status, found.found) == (status, f"production-pager: {what}")
    assert status is Status.OK or found.fix == "arqctl paging set-key production"


def test_a_pager_connection_that_does_not_exist_is_missing(aws: StubbedAws) -> None:
    aws.reject("events", "describe_connection", "ResourceNotFoundException")
    (found,) = run(PAGER_CONNECTIONS, aws.api, *complete_stacks())
    assert (found.status, found.fix) == (Status.MISSING, "cdktf deploy production")


def test_a_pager_connection_that_nobody_may_read_is_unknown(aws: StubbedAws) -> None:
    aws.reject("events", "describe_connection", "AccessDeniedException")
    (found,) = run(PAGER_CONNECTIONS, aws.api, *complete_stacks())
    assert found.status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("days", "status", "what"),
    [
        (1, Status.OK, "passed 1 days ago"),
        (31, Status.OK, "passed 31 days ago"),
        (33, Status.MISSING, "passed 33 days ago"),
        (None, Status.MISSING, "has never passed"),
    ],
)
def test_a_drill_passed_in_the_last_month(
    aws: StubbedAws, days: int | None, status: Status, what: str
) -> None:
    end = datetime.now(UTC) - timedelta(days=days or 0)
    executions = [] if days is None else [{"stopDate": end}]
    aws.answer("stepfunctions", "list_executions", {"executions": executions})
    (found,) = run(DRILLS, aws.api, *complete_stacks())
    assert (found.status, found.found) == (status, f"production-drill: {what}")
    assert status is Status.OK or found.fix == "arqctl drill alert production"


def test_a_drill_that_does_not_exist_is_missing(aws: StubbedAws) -> None:
    aws.reject("stepfunctions", "list_executions", "StateMachineDoesNotExist")
    (found,) = run(DRILLS, aws.api, *complete_stacks())
    assert (found.status, found.fix) == (Status.MISSING, "cdktf deploy production")


@pytest.mark.parametrize(
    ("arns", "status", "what"),
    [
        ([], Status.MISSING, "has no receiver"),
        (["PendingConfirmation"], Status.MISSING, "the receiver has not confirmed"),
        (["arn:aws:sns:x"], Status.OK, "1 confirmed"),
    ],
)
def test_the_heartbeat_has_a_receiver(aws: StubbedAws, arns: list[str], status: Status, what: str) -> None:
    listed = [{"Endpoint": "https://receiver.example/secret", "SubscriptionArn": arn} for arn in arns]
    aws.answer("sns", "list_subscriptions_by_topic", {"Subscriptions": listed})
    (found,) = run(HEARTBEATS, aws.api, *complete_stacks())
    assert (found.status, found.found) == (status, f"production-heartbeat: {what}")
    assert "secret" not in found.fix


def test_a_heartbeat_that_does_not_exist_is_missing(aws: StubbedAws) -> None:
    aws.reject("sns", "list_subscriptions_by_topic", "NotFoundException")
    (found,) = run(HEARTBEATS, aws.api, *complete_stacks())
    assert (found.status, found.fix) == (Status.MISSING, "cdktf deploy production")


@pytest.mark.parametrize(
    ("offered", "status", "what"),
    [
        (["v1.14.2-eksbuild.1", "v1.14.3-eksbuild.3"], Status.OK, "coredns v1.14.3-eksbuild.3"),
        (
            ["v1.14.2-eksbuild.1"],
            Status.MISSING,
            "coredns v1.14.3-eksbuild.3: not offered for the cluster's version",
        ),
    ],
)
def test_eks_offers_the_pinned_addon_versions(
    aws: StubbedAws, offered: list[str], status: Status, what: str
) -> None:
    versions = [{"addonVersion": each} for each in offered]
    aws.answer(
        "eks",
        "describe_addon_versions",
        {"addons": [{"addonName": "coredns", "addonVersions": versions}]},
        kubernetesVersion="1.35",
        addonName="coredns",
    )
    (found,) = run(ADDON_VERSIONS, aws.api, *complete_stacks())
    assert (found.status, found.found) == (status, what)
    assert found.fix.startswith(
        "arqctl versions update --region eu-west-1" if what.endswith("version") else ""
    )


@pytest.mark.parametrize(
    ("latest", "status", "what"),
    [
        ("1.35.8-20260917", Status.OK, "1.35.8-20260917"),
        ("1.35.9-20261120", Status.MISSING, "1.35.8-20260917: the latest is 1.35.9-20261120"),
    ],
)
def test_pinned_node_releases_are_the_published_ones(
    aws: StubbedAws, latest: str, status: Status, what: str
) -> None:
    name = "/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/arm64/standard/recommended/release_version"
    aws.answer("ssm", "get_parameter", {"Parameter": {"Name": name, "Value": latest}}, Name=name)
    (found,) = run(NODE_RELEASES, aws.api, *complete_stacks())
    assert (found.status, found.found) == (status, what)
    renew = "arqctl versions update --region eu-west-1, then commit the table"
    assert found.fix == (renew if status is Status.MISSING else "")


def test_node_groups_with_the_latest_release_of_each_plan_need_no_check(aws: StubbedAws) -> None:
    group = {"ami_type": "AL2023_ARM_64_STANDARD", "version": "1.35", "release_version": "${data.x.y.value}"}
    assert not [*run(NODE_RELEASES, aws.api, stack(resource={"aws_eks_node_group": {"system": group}}))]


def test_addons_of_a_cluster_of_others_are_unknown(aws: StubbedAws) -> None:
    addon = {"addon_name": "coredns", "addon_version": "v1", "cluster_name": "shared"}
    (found,) = run(ADDON_VERSIONS, aws.api, stack(resource={"aws_eks_addon": {"dns": addon}}))
    assert found.status is Status.UNKNOWN
