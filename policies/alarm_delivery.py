"""Delivery times of CloudWatch alarms, from AWS's documentation, independent of the library."""

from policies.stack import Block, Json, at
from policies.verdict import as_number

COMPOSITE = "aws_cloudwatch_composite_alarm"
MAX_SECONDS = 300
_PERCENT = 100
# Until CloudWatch has evaluated an alarm, and EventBridge has called the paging service.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
DELIVERY_SECONDS = 60
# Until a datapoint is in CloudWatch. The services publish these namespaces each minute. Others can't page.
PUBLISHING_SECONDS = dict.fromkeys(
    (
        "AWS/ApplicationELB",
        "AWS/AutoScaling",
        "AWS/CloudFront",
        "AWS/EC2",
        "AWS/EKS",
        "AWS/ElastiCache",
        "AWS/Events",
        "AWS/NATGateway",
        "AWS/RDS",
        "AWS/SQS",
        "AWS/States",
        "AWS/WAFV2",
        "Arq/Audit",
        "Arq/Database",
        "Arq/Paging",
        "CloudWatchSynthetics",
        "ContainerInsights",
    ),
    60,
)

# Metrics whose average is a percentage of requests.
_SHARES = {("AWS/CloudFront", "5xxErrorRate")}
# The statistic with the percentage of values in a range.
_PERCENTILE_RANK = "PR("


def measures_share(alarm: Block) -> bool:
    """Return whether an alarm compares a percentage of requests in one period with its threshold."""
    return as_number(alarm.get("evaluation_periods")) == 1 and share_of(alarm) is not None


def share_of(alarm: Block) -> Json:
    """Return the metric of an alarm that is a percentage of requests; None if it has none."""
    return next(filter(_is_share, metrics_of(alarm)), None)


def seconds_to_breach(alarm: Block, metric: Json) -> float | None:
    """Return the seconds until a total outage breaches the threshold, or None if they can't be computed.

    A percentage in one long period exceeds its threshold as soon as so much of the period has failed:
    CloudWatch evaluates the period that ends now, each minute.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
    """
    period, times = as_number(at(metric, "period")), as_number(alarm.get("evaluation_periods"))
    threshold = as_number(alarm.get("threshold"))
    if period is None or times is None:
        return None
    if measures_share(alarm) and threshold is not None and 0 < threshold < _PERCENT:
        return period * threshold / _PERCENT
    return period * times


def metrics_of(alarm: Block) -> list[Json]:
    """Return the metrics of an alarm's expression, or the alarm itself if it has one metric."""
    queries = [each for each in (at(query, "metric") for query in alarm.blocks("metric_query")) if each]
    return [*queries] or [alarm.body]


def _is_share(metric: Json) -> bool:
    name = (str(at(metric, "namespace")), str(at(metric, "metric_name")))
    return name in _SHARES or str(at(metric, "stat")).startswith(_PERCENTILE_RANK)
