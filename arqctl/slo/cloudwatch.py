"""Measures objectives with the metrics of their alarms in CloudWatch."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from arqctl.core.aws_api import AwsApi
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Body, as_list, as_object, as_text
from arqctl.slo.measurement import NO_DATA, Measurement
from arqctl.slo.objective import Objective

# CloudFront's metrics are in this region only.
_REGION: Final = "us-east-1"
# CloudWatch keeps minutes for 15 days, and five minutes for 63.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#metrics-retention
_PERIOD_SECONDS: Final = 300
_SECONDS_PER_DAY: Final = 86_400
_SHARE, _REQUESTS = "share", "requests"
# This statistic is the share of good requests. Others are the share of failed ones.
_PERCENTILE_RANK: Final = "PR("
_PERCENT: Final = 100
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True)
class _Sample:
    """The failed share and the number of the requests of five minutes."""

    time: datetime
    failed: Decimal
    requests: Decimal


def measure(api: AwsApi, objective: Objective, *, now: datetime) -> Measurement:
    """Return the measurement of an objective. Each request has the same weight.

    Raises:
        AwsError: when AWS rejects a call or can't be reached.
        InputError: if its alarm does not exist.
    """
    metrics = _metrics(api, objective)
    start = now - timedelta(days=objective.window_days)
    samples = list(_samples(api, metrics, start, now))
    if not samples:
        return NO_DATA
    covered = Decimal(len(samples) * _PERIOD_SECONDS) / (objective.window_days * _SECONDS_PER_DAY)
    return Measurement(
        error_ratio=_ratio(samples),
        last_hour=_ratio([each for each in samples if each.time >= now - _HOUR]),
        covered=min(covered, Decimal(1)),
    )


def _metrics(api: AwsApi, objective: Objective) -> dict[str, Body]:
    """Return the metrics of the objective's alarm by id. They have the id of the distribution."""
    found = api.list_all(
        "cloudwatch", "describe_alarms", _REGION, "MetricAlarms", AlarmNames=[objective.alarm]
    )
    metrics = {
        as_text(query.get("Id")): as_object(as_object(query.get("MetricStat")))
        for alarm in found
        for query in map(as_object, as_list(as_object(alarm).get("Metrics")))
        if query.get("MetricStat")
    }
    if metrics.keys() != {_SHARE, _REQUESTS}:
        what = f"there is no alarm {objective.alarm} with the metrics of {objective.name} in {_REGION}"
        raise InputError([Problem("CloudWatch", what, "Deploy the AWS stack, or use its account")])
    return metrics


def _samples(api: AwsApi, metrics: dict[str, Body], start: datetime, end: datetime) -> Iterator[_Sample]:
    queries = [
        {"Id": id_, "MetricStat": {**metric, "Period": _PERIOD_SECONDS}, "ReturnData": True}
        for id_, metric in metrics.items()
    ]
    pages = api.list_all(
        "cloudwatch",
        "get_metric_data",
        _REGION,
        "MetricDataResults",
        MetricDataQueries=queries,  # type: ignore[arg-type]  # JSON, with times
        StartTime=start,  # type: ignore[arg-type]  # boto3 takes times
        EndTime=end,  # type: ignore[arg-type]  # as above
    )
    values: dict[str, dict[datetime, Decimal]] = {_SHARE: {}, _REQUESTS: {}}
    for page in map(as_object, pages):
        times, numbers = as_list(page.get("Timestamps")), as_list(page.get("Values"))
        for time, number in zip(times, numbers, strict=True):
            # boto3 parses times. Their type is not JSON.
            parsed: object = time
            if isinstance(parsed, datetime):
                values[as_text(page.get("Id"))][parsed.astimezone(UTC)] = Decimal(str(number))
    is_good = as_text(metrics[_SHARE].get("Stat")).startswith(_PERCENTILE_RANK)
    for moment, share in sorted(values[_SHARE].items()):
        failed = (_PERCENT - share if is_good else share) / _PERCENT
        yield _Sample(moment, failed, values[_REQUESTS].get(moment, Decimal(0)))


def _ratio(samples: list[_Sample]) -> Decimal | None:
    """Return the failed share of all requests. Without requests none failed."""
    if not samples:
        return None
    requests = sum((each.requests for each in samples), Decimal(0))
    failed = sum((each.failed * each.requests for each in samples), Decimal(0))
    return failed / requests if requests else Decimal(0)
