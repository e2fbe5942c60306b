"""Tests of the services that a region has once."""

from collections.abc import Callable
from typing import Any

import pytest

from constructs_arq.audit.access_analyzers import AccessAnalyzers
from constructs_arq.audit.config_recorder import ConfigRecorder
from constructs_arq.audit.findings import Findings
from constructs_arq.audit.guardduty import GuardDuty
from constructs_arq.audit.inspector import Inspector
from constructs_arq.audit.security_hub import SecurityHub
from constructs_arq.core.stack import Stack
from constructs_arq.security.key import Key
from constructs_arq.security.service_linked_roles import ServiceLinkedRoles
from constructs_arq.storage.bucket import Bucket, LogBucket
from tests.observability.alarm_builders import make_alarms
from tests.support import Resource, Synthesized, synthesize

REGIONS = ("eu-west-1", "us-east-1")
BOUNDARY = "arn:aws:iam::111122223333:policy/test-audit-boundary"
PROVIDERS = {None, "aws.us-east-1"}
CRITICAL, HIGH = "test-findings-threats", "test-findings-weaknesses"


def providers(synthesized: Synthesized, type_: str) -> set[str | None]:
    return {each.get("provider") for each in synthesized.of_type(type_).values()}


def in_region(synthesized: Synthesized, type_: str, provider: str | None) -> Resource:
    (found,) = [each for each in synthesized.of_type(type_).values() if each.get("provider") == provider]
    return found


def address(type_: str, resource: Resource) -> str:
    return f"{type_}.{resource['//']['metadata']['uniqueId']}"


def record(stack: Stack) -> None:
    key = Key(stack, "key", description="Encrypts the history")
    bucket = Bucket(stack, "history", key=key, access_logs=LogBucket(stack, "logs", retention_days=365))
    roles = ServiceLinkedRoles(stack, "roles")
    ConfigRecorder(stack, "config", bucket=bucket, key=key, roles=roles, regions=REGIONS)


@pytest.fixture(scope="module")
def recorded() -> Synthesized:
    return synthesize(record)


@pytest.mark.parametrize("provider", sorted(PROVIDERS, key=str))
def test_a_recorder_starts_after_its_channel_and_the_channel_follows_it(
    recorded: Synthesized, provider: str | None
) -> None:
    recorder = in_region(recorded, "aws_config_configuration_recorder", provider)
    channel = in_region(recorded, "aws_config_delivery_channel", provider)
    status = in_region(recorded, "aws_config_configuration_recorder_status", provider)
    assert address("aws_config_configuration_recorder", recorder) in channel["depends_on"]
    assert status["depends_on"] == [address("aws_config_delivery_channel", channel)]
    assert status["is_enabled"] is True


def test_types_without_a_region_are_recorded_once(recorded: Synthesized) -> None:
    groups = {
        each.get("provider"): each["recording_group"]["include_global_resource_types"]
        for each in recorded.of_type("aws_config_configuration_recorder").values()
    }
    assert groups == {None: True, "aws.us-east-1": False}


def test_the_bucket_of_config_has_no_lock(recorded: Synthesized) -> None:
    """Config does not deliver to a bucket whose Object Lock has a retention by default."""
    assert recorded.of_type("aws_s3_bucket_object_lock_configuration") == {}


def test_guardduty_has_all_features_and_sets_each_agent() -> None:
    built = synthesize(lambda stack: GuardDuty(stack, "guardduty", regions=REGIONS))
    assert providers(built, "aws_guardduty_detector") == PROVIDERS
    features = list(built.of_type("aws_guardduty_detector_feature").values())
    for provider in PROVIDERS:
        names = {each["name"] for each in features if each.get("provider") == provider}
        assert len(names) == 6
        assert "EKS_RUNTIME_MONITORING" not in names
    agents = [each["additional_configuration"] for each in features if "additional_configuration" in each]
    # AWS returns all three. A missing one would be a change in each plan.
    assert [len(each) for each in agents] == [3, 3]


def test_security_hub_has_only_the_standard_of_aws() -> None:
    built = synthesize(lambda stack: SecurityHub(stack, "hub", regions=REGIONS))
    hubs = built.of_type("aws_securityhub_account").values()
    assert [each["enable_default_standards"] for each in hubs] == [False, False]
    standard = in_region(built, "aws_securityhub_standards_subscription", "aws.us-east-1")
    assert standard["standards_arn"].startswith("arn:aws:securityhub:us-east-1::standards/aws-foundational")
    hub = in_region(built, "aws_securityhub_account", "aws.us-east-1")
    assert standard["depends_on"] == [address("aws_securityhub_account", hub)]


def test_inspector_scans_images_again_after_it_started() -> None:
    built = synthesize(lambda stack: Inspector(stack, "inspector", regions=REGIONS))
    assert providers(built, "aws_inspector2_enabler") == PROVIDERS
    for each in built.of_type("aws_ecr_registry_scanning_configuration").values():
        assert (each["scan_type"], each["rule"][0]["scan_frequency"]) == ("ENHANCED", "CONTINUOUS_SCAN")
        assert len(each["depends_on"]) == 1


def test_unused_access_is_billed_once() -> None:
    built = synthesize(lambda stack: AccessAnalyzers(stack, "access", regions=REGIONS, unused_days=90))
    analyzers = built.of_type("aws_accessanalyzer_analyzer").values()
    types = [(each["type"], each.get("provider")) for each in analyzers]
    assert sorted(types, key=str) == [
        ("ACCOUNT", "aws.us-east-1"),
        ("ACCOUNT", None),
        ("ACCOUNT_UNUSED_ACCESS", None),
    ]


def find(stack: Stack) -> Findings:
    key = Key(stack, "key", description="Encrypts findings")
    return Findings(stack, "findings", key=key, regions=REGIONS, permissions_boundary=BOUNDARY)


def test_findings_of_other_regions_come_to_the_region_of_the_alarms() -> None:
    built = synthesize(find)
    targets = {each.get("provider"): each for each in built.of_type("aws_cloudwatch_event_target").values()}
    assert targets["aws.us-east-1"]["arn"] == "arn:aws:events:eu-west-1:111122223333:event-bus/default"
    assert "aws_iam_role" in targets["aws.us-east-1"]["role_arn"]
    assert "aws_cloudwatch_log_group" in targets[None]["arn"]
    # EventBridge must not assume a role for a log group.
    assert "role_arn" not in targets[None]


def test_a_lost_finding_of_each_region_is_reported_where_its_rule_is() -> None:
    built = synthesize(lambda stack: (find(stack), make_alarms(stack)))
    lost = {
        each.get("provider"): each["dimensions"]
        for each in built.of_type("aws_cloudwatch_metric_alarm").values()
        if each["metric_name"] == "FailedInvocations"
    }
    rules = {provider: in_region(built, "aws_cloudwatch_event_rule", provider) for provider in PROVIDERS}
    assert lost == {
        provider: {"RuleName": f"${{{address('aws_cloudwatch_event_rule', rule)}.name}}"}
        for provider, rule in rules.items()
    }


def test_one_region_forwards_nothing() -> None:
    def build(stack: Stack) -> None:
        key = Key(stack, "key", description="Keys")
        Findings(stack, "findings", key=key, regions=("eu-west-1",), permissions_boundary=BOUNDARY)

    assert synthesize(build).of_type("aws_iam_role") == {}


@pytest.mark.parametrize(
    ("product", "counted"), [("GuardDuty", CRITICAL), ("Inspector", HIGH), ("Security Hub", HIGH)]
)
def test_each_finding_is_counted_by_one_alarm(product: str, counted: str) -> None:
    filters = synthesize(find).of_type("aws_cloudwatch_log_metric_filter").values()
    found = [each["name"] for each in filters if matcher(each["pattern"])(product)]
    assert found == [counted]


def matcher(pattern: str) -> Callable[[str], Any]:
    """Return the test of a filter pattern of one comparison."""
    inner = pattern.strip("{} ")
    field, operator, value = inner.split(" ", 2)
    assert field == "$.detail.findings[0].ProductName"
    return lambda product: (product == value.strip('"')) is (operator == "=")
