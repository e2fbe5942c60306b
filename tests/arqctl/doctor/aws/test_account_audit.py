"""Services of the audit that somebody made before, and the credentials of the root user."""

from typing import Any

import pytest

from arqctl.doctor.aws.existing_services import EXISTING_SERVICES
from arqctl.doctor.aws.public_networks import PUBLIC_NETWORKS
from arqctl.doctor.aws.root_user import ROOT_USER
from arqctl.doctor.check import Check, Status
from tests.arqctl.doctor.aws.aws_account import ACCOUNT, TAGS, StubbedAws, run
from tests.arqctl.doctor.aws.complete_stacks import complete_stacks

IMPORT = "terraform -chdir=cdktf.out/stacks/production-account import"
OWN_ANALYZER = {"name": "production-external", "type": "ACCOUNT"}


@pytest.fixture
def aws() -> StubbedAws:
    return StubbedAws()


def check(
    aws: StubbedAws,
    *,
    detector: dict[str, Any] | None = None,
    hub: bool = False,
    recorder: str = "default",
    channel: str = "default",
    analyzers: tuple[dict[str, Any], ...] = (OWN_ANALYZER,),
) -> Check:
    aws.answer("guardduty", "list_detectors", {"DetectorIds": ["d1"] if detector is not None else []})
    if detector is not None:
        aws.answer("guardduty", "get_detector", {"Tags": detector}, DetectorId="d1")
    if hub:
        aws.answer("securityhub", "describe_hub", {"HubArn": "hub"})
    else:
        aws.reject("securityhub", "describe_hub", "InvalidAccessException")
    recorders = {"ConfigurationRecorders": [{"name": recorder}]}
    aws.answer("config", "describe_configuration_recorders", recorders)
    aws.answer("config", "describe_delivery_channels", {"DeliveryChannels": [{"name": channel}]})
    aws.answer("accessanalyzer", "list_analyzers", {"analyzers": [*analyzers]})
    (found,) = run(EXISTING_SERVICES, aws.api, *complete_stacks())
    return found


def test_an_account_without_these_services_is_ok(aws: StubbedAws) -> None:
    found = check(aws)
    assert (found.status, found.found) == (Status.OK, "none in the way of the account stack")


def test_the_services_of_the_deployed_stack_are_ok(aws: StubbedAws) -> None:
    assert check(aws, detector=TAGS, hub=True).status is Status.OK


@pytest.mark.parametrize(
    ("existing", "what", "fix"),
    [
        (
            {"detector": {}},
            "detector of GuardDuty in eu-west-1",
            f"{IMPORT} aws_guardduty_detector.main d1",
        ),
        ({"hub": True}, "Security Hub in eu-west-1", f"{IMPORT} aws_securityhub_account.main {ACCOUNT}"),
        (
            {"recorder": "old"},
            "recorder old of Config in eu-west-1",
            "aws configservice delete-configuration-recorder --configuration-recorder-name old "
            "--region eu-west-1",
        ),
        (
            {"channel": "old"},
            "delivery channel old of Config in eu-west-1",
            "aws configservice delete-delivery-channel --delivery-channel-name old --region eu-west-1",
        ),
        (
            {"analyzers": ({"name": "old", "type": "ACCOUNT"}, {"name": "all", "type": "ORGANIZATION"})},
            "analyzer old in eu-west-1",
            "aws accessanalyzer delete-analyzer --analyzer-name old --region eu-west-1",
        ),
    ],
)
def test_a_service_of_somebody_else_is_missing_with_a_command(
    aws: StubbedAws, existing: dict[str, Any], what: str, fix: str
) -> None:
    found = check(aws, **existing)
    assert (found.status, found.found) == (Status.MISSING, f"exists already: {what}")
    assert found.fix.partition("; ")[0] == fix
    assert "audit.managed_by_organization" in found.fix


@pytest.mark.parametrize(
    ("summary", "what"),
    [
        ({"AccountAccessKeysPresent": 0, "AccountMFAEnabled": 1, "AccountPasswordPresent": 1}, ""),
        ({"AccountAccessKeysPresent": 0, "AccountMFAEnabled": 0, "AccountPasswordPresent": 0}, ""),
        ({"AccountAccessKeysPresent": 1, "AccountMFAEnabled": 1}, "it has an access key"),
        (
            {"AccountAccessKeysPresent": 0, "AccountMFAEnabled": 0, "AccountPasswordPresent": 1},
            "it has a password without MFA",
        ),
        ({}, "it has an access key, it has a password without MFA"),
    ],
)
def test_the_root_user_has_no_key_and_mfa(aws: StubbedAws, summary: dict[str, int], what: str) -> None:
    aws.answer("iam", "get_account_summary", {"SummaryMap": summary})
    (found,) = run(ROOT_USER, aws.api, *complete_stacks())
    assert found.status is (Status.MISSING if what else Status.OK)
    assert not what or found.found == what


def networks(
    aws: StubbedAws, *, mode: str = "off", interfaces: tuple[str, ...] = ("vpc-used",), excluded: str = ""
) -> Check:
    """Check a region with two VPCs that have an internet gateway, and network interfaces in some VPCs."""
    edge = "us-east-1"
    options = {"VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": mode}}
    aws.answer("ec2", "describe_vpc_block_public_access_options", options, region=edge)
    if mode == "off":
        gateways = [{"Attachments": [{"VpcId": vpc}]} for vpc in ("vpc-used", "vpc-default")]
        aws.answer("ec2", "describe_internet_gateways", {"InternetGateways": gateways}, region=edge)
        found = {"NetworkInterfaces": [{"VpcId": vpc} for vpc in interfaces]}
        aws.answer("ec2", "describe_network_interfaces", found, region=edge)
    if mode == "off" and "vpc-used" in interfaces:
        arn = f"arn:aws:ec2:{edge}:{ACCOUNT}:vpc/{excluded}"
        exclusions = [{"ResourceArn": arn, "State": "create-complete"}] if excluded else []
        answer = {"VpcBlockPublicAccessExclusions": exclusions}
        aws.answer("ec2", "describe_vpc_block_public_access_exclusions", answer, region=edge)
    (check,) = run(PUBLIC_NETWORKS, aws.api, *complete_stacks())
    return check


def test_a_used_vpc_in_a_region_without_networks_is_named_before_it_loses_the_internet(
    aws: StubbedAws,
) -> None:
    found = networks(aws)
    assert (found.status, found.found) == (Status.MISSING, "loses the internet: vpc-used in us-east-1")
    assert "create-vpc-block-public-access-exclusion --vpc-id vpc-used" in found.fix
    assert "--region us-east-1" in found.fix


@pytest.mark.parametrize(
    "case",
    [
        {"interfaces": ()},
        {"interfaces": ("vpc-private",)},
        {"excluded": "vpc-used"},
        {"mode": "block-bidirectional"},
    ],
)
def test_an_empty_an_excluded_and_a_blocked_vpc_are_ok(aws: StubbedAws, case: dict[str, Any]) -> None:
    assert networks(aws, **case).status is Status.OK
