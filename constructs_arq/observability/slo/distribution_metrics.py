"""Metric math for the share of failed requests to a distribution, in percent.

`5xxErrorRate` is an average of minutes, each with the same weight, because CloudFront publishes no number of
failed requests. `PR` is the share of requests up to a value, which CloudWatch computes from all of them.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
"""

from typing import Final

from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import (
    CloudwatchMetricAlarmMetricQuery,
    CloudwatchMetricAlarmMetricQueryMetric,
)

from constructs_arq.core.burn_rate import BurnRate
from constructs_arq.core.slo import DistributionLatency, Slo

_NAMESPACE: Final = "AWS/CloudFront"


def short_queries(slo: Slo, distribution_id: str, rate: BurnRate) -> list[CloudwatchMetricAlarmMetricQuery]:
    """Return the share in the short window."""
    return [_result(_failed(slo)), _share(slo, distribution_id, rate.short_seconds)]


def long_queries(slo: Slo, distribution_id: str, rate: BurnRate) -> list[CloudwatchMetricAlarmMetricQuery]:
    """Return the share in the long window, or 0 if so few requests failed that they are no evidence."""
    failed = _failed(slo)
    return [
        _result(f"IF({failed} / 100 * requests >= {slo.minimum_failures}, {failed}, 0)"),
        _share(slo, distribution_id, rate.long_seconds),
        _metric(distribution_id, "requests", *_requests(slo), rate.long_seconds),
    ]


def _failed(slo: Slo) -> str:
    return "(100 - share)" if isinstance(slo.indicator, DistributionLatency) else "share"


def _share(slo: Slo, distribution_id: str, seconds: int) -> CloudwatchMetricAlarmMetricQuery:
    if isinstance(slo.indicator, DistributionLatency):
        statistic = f"PR(:{slo.indicator.threshold_seconds * 1000:g})"
        return _metric(distribution_id, "share", "OriginLatency", statistic, seconds)
    return _metric(distribution_id, "share", "5xxErrorRate", "Average", seconds)


def _requests(slo: Slo) -> tuple[str, str]:
    """Return the metric and statistic of the number of requests that are measured."""
    if isinstance(slo.indicator, DistributionLatency):
        return "OriginLatency", "SampleCount"
    return "Requests", "Sum"


def _result(expression: str) -> CloudwatchMetricAlarmMetricQuery:
    return CloudwatchMetricAlarmMetricQuery(
        id="result", expression=expression, label="failed percent", return_data=True
    )


def _metric(
    distribution_id: str, id: str, metric: str, statistic: str, seconds: int
) -> CloudwatchMetricAlarmMetricQuery:
    return CloudwatchMetricAlarmMetricQuery(
        id=id,
        return_data=False,
        metric=CloudwatchMetricAlarmMetricQueryMetric(
            namespace=_NAMESPACE,
            metric_name=metric,
            dimensions={"DistributionId": distribution_id, "Region": "Global"},
            stat=statistic,
            period=seconds,
        ),
    )
