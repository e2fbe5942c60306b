"""Measures the days since the last valid restore, and counts missing backups. Lambda calls `measure`.

An alarm of CloudWatch looks back a week at most, and a restore is tested once a month.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

import datetime as dt
import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from constructs_arq.recovery.restore_age.missing_backups import (
    MISSING_METRIC,
    Tagging,
    find_expected,
    find_missing,
)

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
    """Publish the days since the last valid restore, and the number of missing backups. Return the days."""
    import boto3  # noqa: PLC0415 - Lambda has it, and an installation of the library needs none

    region = os.environ["REGION"]
    now, cloudwatch = dt.datetime.now(dt.UTC), boto3.client("cloudwatch", region_name=region)
    days = measure_age(boto3.client("backup", region_name=region), cloudwatch, now=now, environ=os.environ)
    count_missing(
        boto3.client("resourcegroupstaggingapi", region_name=region),
        {each: boto3.client("backup", region_name=each) for each in os.environ["VAULT_REGIONS"].split(",")},
        cloudwatch,
        now=now,
        environ=os.environ,
    )
    return days


def count_missing(
    tagging: Tagging,
    vaults: "Mapping[str, BackupClient]",
    cloudwatch: "CloudWatchClient",
    *,
    now: dt.datetime,
    environ: Mapping[str, str],
) -> None:
    """Publish the number of resources without a new backup in the vault of each region, and log which.

    `vaults` are clients by region. The variables are `ENVIRONMENT, NAMESPACE, VAULT_NAME`.
    """
    expected = find_expected(tagging)
    for region, vault in vaults.items():
        missing = find_missing(vault, name=environ["VAULT_NAME"], expected=expected, now=now)
        print(json.dumps({"region": region, "resources": len(expected), "without_backup": missing}))
        cloudwatch.put_metric_data(
            Namespace=environ["NAMESPACE"],
            MetricData=[
                {
                    "MetricName": MISSING_METRIC,
                    "Dimensions": [
                        {"Name": "Environment", "Value": environ["ENVIRONMENT"]},
                        {"Name": "Region", "Value": region},
                    ],
                    "Value": len(missing),
                    "Unit": "Count",
                }
            ],
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
