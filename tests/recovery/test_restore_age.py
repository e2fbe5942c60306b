"""The age of the last valid restore, with moto's CloudWatch."""

import datetime as dt
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber
from moto import mock_aws

from constructs_arq.recovery.restore_age.restore_age import count_missing, measure_age

NOW = dt.datetime(2026, 12, 20, 12, tzinfo=dt.UTC)
DIMENSIONS = [{"Name": "Environment", "Value": "production"}]
ENVIRON = {
    "ENVIRONMENT": "production",
    "NAMESPACE": "arq/Recovery",
    "PLAN_NAME": "production_restore_tests",
    "VALIDATED_METRIC": "RestoreValidated",
    "VAULT_NAME": "production-backup",
}


@pytest.fixture
def cloudwatch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        yield boto3.client("cloudwatch", "eu-west-1")


def measure(cloudwatch: Any, *, plan_days: float) -> float:
    created = NOW - dt.timedelta(days=plan_days)
    plan: Any = SimpleNamespace(
        get_restore_testing_plan=lambda **_: {"RestoreTestingPlan": {"CreationTime": created}}
    )
    days = measure_age(plan, cloudwatch, now=NOW, environ=ENVIRON)
    published = cloudwatch.list_metrics(Namespace="arq/Recovery", MetricName="DaysSinceRestore")["Metrics"]
    assert [each["Dimensions"] for each in published] == [DIMENSIONS]
    return days


def add_result(cloudwatch: Any, *, days_ago: float, value: int) -> None:
    cloudwatch.put_metric_data(
        Namespace="arq/Recovery",
        MetricData=[
            {
                "MetricName": "RestoreValidated",
                "Dimensions": DIMENSIONS,
                "Timestamp": NOW - dt.timedelta(days=days_ago),
                "Value": value,
            }
        ],
    )


def test_a_new_plan_has_the_age_of_the_plan(cloudwatch: Any) -> None:
    assert measure(cloudwatch, plan_days=12) == pytest.approx(12)


def test_invalid_restores_do_not_count(cloudwatch: Any) -> None:
    add_result(cloudwatch, days_ago=2, value=0)
    assert measure(cloudwatch, plan_days=40) == pytest.approx(40)


@pytest.mark.parametrize("days_ago", [0.5, 31, 33, 100])
def test_the_last_valid_restore_counts(cloudwatch: Any, days_ago: float) -> None:
    add_result(cloudwatch, days_ago=days_ago + 30, value=1)
    add_result(cloudwatch, days_ago=days_ago, value=1)
    assert measure(cloudwatch, plan_days=300) == pytest.approx(days_ago, abs=8 / 24)


DATABASE = "arn:aws:rds:eu-west-1:123456789012:db:production-database"
SITE, STATE, ARCHIVE = (f"arn:aws:s3:::{name}" for name in ("site", "state", "archive"))
TAGS = {DATABASE: "daily", SITE: "daily", STATE: "daily", ARCHIVE: "monthly"}
FRESH = dict.fromkeys((DATABASE, SITE, STATE, ARCHIVE), 20.0)


def stubbed(service: str, region: str, operation: str, answer: Any, expected: Any) -> Any:
    """Return a client with one answer. Both, request and answer, must have the shapes of botocore."""
    client: Any = boto3.client(service, region)  # type: ignore[call-overload]
    stub = Stubber(client)
    stub.add_response(operation, answer, expected)
    stub.activate()
    return client


def vault(region: str, hours: dict[str, float], status: str = "COMPLETED") -> Any:
    points = [
        {"ResourceArn": arn, "Status": status, "CreationDate": NOW - dt.timedelta(hours=age)}
        for arn, newest in hours.items()
        for age in (newest + 24, newest)
    ]
    return stubbed(
        "backup",
        region,
        "list_recovery_points_by_backup_vault",
        {"RecoveryPoints": points},
        {"BackupVaultName": "production-backup", "ByCreatedAfter": ANY},
    )


def missing(
    cloudwatch: Any, own: dict[str, float], copies: dict[str, float], **more: Any
) -> dict[str, float]:
    """Return the published numbers by region."""
    tags = {**TAGS, "arn:aws:rds:eu-west-1:123456789012:db:awsbackup-restore-test-1": "daily"}
    tagged = [
        {"ResourceARN": arn, "Tags": [{"Key": "owner", "Value": "a"}, {"Key": "backup", "Value": tag}]}
        for arn, tag in tags.items()
    ]
    expected = {
        "TagFilters": [{"Key": "backup", "Values": ["daily", "monthly"]}],
        "ResourceTypeFilters": ["rds:db", "s3"],
    }
    tagging = stubbed(
        "resourcegroupstaggingapi", "eu-west-1", "get_resources", {"ResourceTagMappingList": tagged}, expected
    )
    vaults = {"eu-west-1": vault("eu-west-1", own, **more), "eu-central-1": vault("eu-central-1", copies)}
    count_missing(tagging, vaults, cloudwatch, now=NOW, environ=ENVIRON)
    return {region: published(cloudwatch, region) for region in vaults}


def published(cloudwatch: Any, region: str) -> float:
    now = dt.datetime.now(dt.UTC)
    (point,) = cloudwatch.get_metric_statistics(
        Namespace="arq/Recovery",
        MetricName="ResourcesWithoutBackup",
        Dimensions=[*DIMENSIONS, {"Name": "Region", "Value": region}],
        StartTime=now - dt.timedelta(hours=1),
        EndTime=now + dt.timedelta(hours=1),
        Period=7200,
        Statistics=["Maximum"],
    )["Datapoints"]
    return float(point["Maximum"])


def test_each_resource_needs_a_backup_in_each_vault(cloudwatch: Any, capsys: Any) -> None:
    copies = {arn: age for arn, age in FRESH.items() if arn != STATE}
    assert missing(cloudwatch, FRESH, copies) == {"eu-west-1": 0, "eu-central-1": 1}
    assert f'"without_backup": ["{STATE}"]' in capsys.readouterr().out


@pytest.mark.parametrize(("hours", "number"), [(29.0, 0), (31.0, 2)])
def test_an_old_backup_of_a_day_is_missing_but_not_that_of_a_month(
    cloudwatch: Any, hours: float, number: int
) -> None:
    own = {**FRESH, DATABASE: hours, STATE: hours, ARCHIVE: 24.0 * 31}
    assert missing(cloudwatch, own, FRESH) == {"eu-west-1": number, "eu-central-1": 0}


def test_an_incomplete_backup_is_missing(cloudwatch: Any) -> None:
    assert missing(cloudwatch, FRESH, FRESH, status="PARTIAL") == {"eu-west-1": 4, "eu-central-1": 0}
