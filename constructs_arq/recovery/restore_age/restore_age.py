"""Measures the days since the last valid restore. Lambda calls `measure` several times a day.

An alarm of CloudWatch looks back a week at most, and a restore is tested once a month.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

import datetime as dt
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mypy_boto3_backup import BackupClient
    from mypy_boto3_cloudwatch import CloudWatchClient

AGE_METRIC: Final = "DaysSinceRestore"
_DAY: Final = 86_400
# An answer has 1,440 datapoints at most, and each has the time of the start of its period.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
_PERIOD: Final = 8 * 3600
# CloudWatch keeps the metric for 15 months.
_MEMORY: Final = dt.timedelta(days=455)


def measure(event: Mapping[str, object], context: object) -> float:  # noqa: ARG001 - Lambda's signature
    """Publish the days since the last valid restore, and return them."""
    import boto3  # noqa: PLC0415 - Lambda has it, and an installation of the library needs none

    region = os.environ["REGION"]
    return measure_age(
        boto3.client("backup", region_name=region),
        boto3.client("cloudwatch", region_name=region),
        now=dt.datetime.now(dt.UTC),
        environ=os.environ,
    )


def measure_age(
    backup: "BackupClient", cloudwatch: "CloudWatchClient", *, now: dt.datetime, environ: Mapping[str, str]
) -> float:
    """Publish the age with the variables `ENVIRONMENT, NAMESPACE, PLAN_NAME, VALIDATED_METRIC`.

    Before the first valid restore, it is the age of the plan: a new plan has as much time as an old one.
    """
    plan = backup.get_restore_testing_plan(RestoreTestingPlanName=environ["PLAN_NAME"])
    since = _find_last_restore(cloudwatch, now=now, environ=environ)
    start = since or plan["RestoreTestingPlan"]["CreationTime"]
    days = max(0.0, (now - start).total_seconds() / _DAY)
    cloudwatch.put_metric_data(
        Namespace=environ["NAMESPACE"],
        MetricData=[
            {
                "MetricName": AGE_METRIC,
                "Dimensions": [{"Name": "Environment", "Value": environ["ENVIRONMENT"]}],
                "Value": days,
                "Unit": "Count",
            }
        ],
    )
    return days


def _find_last_restore(
    cloudwatch: "CloudWatchClient", *, now: dt.datetime, environ: Mapping[str, str]
) -> dt.datetime | None:
    """Return the start of the last period with a valid restore."""
    found = cloudwatch.get_metric_statistics(
        Namespace=environ["NAMESPACE"],
        MetricName=environ["VALIDATED_METRIC"],
        Dimensions=[{"Name": "Environment", "Value": environ["ENVIRONMENT"]}],
        StartTime=now - _MEMORY,
        EndTime=now,
        Period=_PERIOD,
        Statistics=["Maximum"],
    )
    return max(
        (each["Timestamp"] for each in found["Datapoints"] if each.get("Maximum", 0) >= 1), default=None
    )
