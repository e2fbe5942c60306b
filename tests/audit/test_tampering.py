"""Tests of the alarm on calls against the audit: simulated events, and the parser of the gate."""

import re
from fnmatch import fnmatchcase
from typing import Any

import botocore.session
import pytest

from constructs_arq.audit.tampering import Tampering
from constructs_arq.core.stack import Stack
from constructs_arq.security.key import Key
from constructs_arq.storage.log_group import LogGroup
from policies.filter_patterns import Condition, read_alternatives
from tests.support import synthesize

REGIONS = ("eu-west-1", "eu-central-1", "us-east-1")
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
MOST_CHARACTERS = 1024
# Names of botocore for event sources.
CLIENTS = {"access-analyzer": "accessanalyzer", "monitoring": "cloudwatch"}
TOPIC = ":111122223333:test-audit-routes-critical"


def build(stack: Stack) -> None:
    key = Key(stack, "key", description="Encrypts the log")
    log = LogGroup(stack, "log", name="/aws/cloudtrail/test", key=key, retention_days=365)
    Tampering(stack, "tampering", log=log, regions=REGIONS)


@pytest.fixture(scope="module")
def patterns() -> list[str]:
    filters = synthesize(build).of_type("aws_cloudwatch_log_metric_filter")
    return [each["pattern"] for each in filters.values()]


def event(source: str, name: str, /, **parameters: Any) -> dict[str, Any]:
    return {"eventSource": f"{source}.amazonaws.com", "eventName": name, "requestParameters": parameters}


def value_of(found: Any, field: str) -> str:
    for name, index in re.findall(r"\.(\w+)|\[(\d+)\]", field):
        found = found.get(name, {}) if name else dict(enumerate(found)).get(int(index), {})
    return str(found)


def fulfills(found: dict[str, Any], condition: Condition) -> bool:
    assert condition.operator == "="
    return fnmatchcase(value_of(found, condition.field), condition.value)


def counts(patterns: list[str], found: dict[str, Any]) -> int:
    return sum(
        any(all(fulfills(found, each) for each in conditions) for conditions in read_alternatives(pattern))
        for pattern in patterns
    )


def test_patterns_are_valid(patterns: list[str]) -> None:
    assert all(read_alternatives(each) for each in patterns)
    assert max(map(len, patterns)) <= MOST_CHARACTERS


def test_each_call_exists(patterns: list[str]) -> None:
    """A misspelled call would never be counted."""
    session = botocore.session.get_session()
    for conditions in (each for pattern in patterns for each in read_alternatives(pattern)):
        found = {each.field: each.value for each in conditions}
        source = found["$.eventSource"].removesuffix(".amazonaws.com")
        model = session.get_service_model(CLIENTS.get(source, source))
        assert found["$.eventName"] in model.operation_names


@pytest.mark.parametrize(
    "found",
    [
        event("cloudtrail", "StopLogging", name="test-audit-trail"),
        event("guardduty", "DeleteDetector"),
        event("securityhub", "DisableSecurityHub"),
        event("config", "StopConfigurationRecorder"),
        event("backup", "DeleteBackupVaultLockConfiguration", backupVaultName="test-backup"),
        event("inspector2", "Disable"),
        event("logs", "PutResourcePolicy", policyName="test-audit-findings"),
        event("logs", "DeleteMetricFilter", logGroupName="/aws/cloudtrail/test-audit-trail"),
        event("events", "DisableRule", name="test-audit-findings"),
        event("events", "RemoveTargets", rule="test-audit-findings"),
        event("events", "PutTargets", rule="test-audit-findings", targets=[{"arn": "arn:other"}]),
        event("monitoring", "DeleteAlarms", alarmNames=["test-audit-root-use-calls"]),
        event("monitoring", "DeleteAlarms", alarmNames=["other", "test-audit-root-use-calls"]),
        event("monitoring", "DisableAlarmActions", alarmNames=[*"abcd", "test-audit-tampering-calls"]),
        event("monitoring", "PutMetricAlarm", alarmName="test-audit-tampering-calls", threshold=1e9),
        event("s3", "PutBucketPolicy", bucketName="test-audit-calls-1"),
        event("sns", "SetTopicAttributes", topicArn=f"arn:aws:sns:us-east-1{TOPIC}"),
        event("sns", "Unsubscribe", subscriptionArn=f"arn:aws:sns:eu-central-1{TOPIC}:1"),
    ],
    ids=lambda found: f"{found['eventName']}-{found['eventSource']}",
)
def test_a_call_against_the_audit_counts_once(found: dict[str, Any], patterns: list[str]) -> None:
    assert counts(patterns, found) == 1


@pytest.mark.parametrize(
    "found",
    [
        event("cloudtrail", "LookupEvents"),
        # A deployment makes the policy for the logs of the firewall.
        event("logs", "PutResourcePolicy", policyName="test-edge-firewall"),
        event("logs", "PutMetricFilter", logGroupName="/aws/rds/instance/test-database/postgresql"),
        event("events", "PutRule", name="test-pager-trigger"),
        event("events", "PutTargets", rule="test-pager-trigger", targets=[{"arn": "arn:pager"}]),
        event("monitoring", "DeleteAlarms", alarmNames=["test-database-cpu", "test-cache-cpu"]),
        event("monitoring", "PutMetricAlarm", alarmName="test-database-cpu"),
        event("sns", "Unsubscribe", subscriptionArn="arn:aws:sns:eu-west-1:111122223333:test-routes:1"),
        event("s3", "PutBucketPolicy", bucketName="test-site-site-bucket-1"),
        event("inspector", "Disable"),
    ],
    ids=lambda found: f"{found['eventName']}-{found['eventSource']}",
)
def test_a_deployment_of_the_environment_does_not_count(found: dict[str, Any], patterns: list[str]) -> None:
    assert counts(patterns, found) == 0
