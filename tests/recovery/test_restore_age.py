"""The age of the last valid restore, with moto's CloudWatch."""

import datetime as dt
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from constructs_arq.recovery.restore_age.restore_age import measure_age

NOW = dt.datetime(2026, 12, 20, 12, tzinfo=dt.UTC)
DIMENSIONS = [{"Name": "Environment", "Value": "production"}]
ENVIRON = {
    "ENVIRONMENT": "production",
    "NAMESPACE": "arq/Recovery",
    "PLAN_NAME": "production_restore_tests",
    "VALIDATED_METRIC": "RestoreValidated",
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
