"""Alarms of a CloudFront distribution."""

from typing import Final

from constructs_arq.core.alarm import Alarm, Comparison, Condition, Severity
from constructs_arq.edge.region import CLOUDFRONT_REGION

_NAMESPACE: Final = "AWS/CloudFront"


def make_distribution_alarms(
    distribution_id: str, *, domain: str, slow_origin_seconds: float, requests_per_minute: int
) -> tuple[Alarm, ...]:
    """Return the alarms on errors, refused requests and a slow origin, from a number of requests on.

    Otherwise a few scans of a new site would be most of its requests.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
    """
    dimensions = {"DistributionId": distribution_id, "Region": "Global"}
    enough_requests = Condition(
        namespace=_NAMESPACE,
        metric="Requests",
        dimensions=dimensions,
        statistic="Sum",
        comparison=Comparison.AT_LEAST,
        value=requests_per_minute,
    )
    return (
        Alarm(
            name="errors",
            runbook="distribution-errors",
            summary=f"More than 1 % of what {domain} answers are errors of ours",
            severity=Severity.CRITICAL,
            namespace=_NAMESPACE,
            metric="5xxErrorRate",
            dimensions=dimensions,
            threshold=1,
            region=CLOUDFRONT_REGION,
            conditions=(enough_requests,),
            evaluations=3,
        ),
        Alarm(
            name="refused-requests",
            runbook="refused-requests",
            summary=f"More than 20 % of requests to {domain} are refused: files of a release may be "
            "missing, or someone probes",
            severity=Severity.WARNING,
            namespace=_NAMESPACE,
            metric="4xxErrorRate",
            dimensions=dimensions,
            threshold=20,
            region=CLOUDFRONT_REGION,
            conditions=(enough_requests,),
        ),
        Alarm(
            name="slow-origin",
            runbook="slow-origin",
            summary=f"One in a hundred requests waits over {slow_origin_seconds} s for its origin",
            severity=Severity.WARNING,
            namespace=_NAMESPACE,
            metric="OriginLatency",
            dimensions=dimensions,
            statistic="p99",
            # The metric is in milliseconds.
            threshold=slow_origin_seconds * 1000,
            region=CLOUDFRONT_REGION,
            conditions=(enough_requests,),
        ),
    )
