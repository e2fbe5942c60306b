"""Delivery times of alarms: from a datapoint's minute to the call to the engineer on call.

Each number is an upper limit for planning, in seconds. The monthly drill measures the sum.
"""

from typing import Final

# An availability of 99.99 % allows 4.4 minutes of downtime in a month.
REACTION_SECONDS: Final = 300

# CloudWatch evaluates an alarm once a minute. EventBridge then calls the paging service, usually in less than
# a second: its limit for a response is five seconds, and it repeats a call that failed.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
DELIVERY_SECONDS: Final = 60

_MINUTE: Final = 60
# Seconds until a datapoint of a namespace is in CloudWatch. All of these are published each minute.
PUBLISHING_SECONDS: Final = {
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
    "AWS/ApplicationELB": _MINUTE,
    # https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-metrics.html
    "AWS/AutoScaling": _MINUTE,
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/monitoring-using-cloudwatch.html
    "AWS/CloudFront": _MINUTE,
    # The launch templates of this library turn on detailed monitoring.
    # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-cloudwatch-new.html
    "AWS/EC2": _MINUTE,
    # https://docs.aws.amazon.com/eks/latest/userguide/cloudwatch.html
    "AWS/EKS": _MINUTE,
    # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.html
    "AWS/ElastiCache": _MINUTE,
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
    "AWS/Events": _MINUTE,
    # https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway-cloudwatch.html
    "AWS/NATGateway": _MINUTE,
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
    "AWS/RDS": _MINUTE,
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html
    "AWS/SQS": _MINUTE,
    # https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
    "AWS/States": _MINUTE,
    # https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
    "AWS/WAFV2": _MINUTE,
    # The run of a canary ends within its minute.
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_metrics.html
    "CloudWatchSynthetics": _MINUTE,
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-EKS.html
    "ContainerInsights": _MINUTE,
    # Metrics of this library: metric filters of logs, and the drill.
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html
    "Arq/Audit": _MINUTE,
    "Arq/Database": _MINUTE,
    "Arq/Paging": _MINUTE,
}


def call_seconds(namespace: str, *, period_seconds: int, evaluations: int) -> int | None:
    """Return the seconds from a fault to the call, or None if metrics of `namespace` are too slow for a page.

    AWS publishes others less than once a minute, or with a delay that it does not state. For example, ACM
    publishes the days until a certificate expires once a day.
    """
    publishing = PUBLISHING_SECONDS.get(namespace)
    if publishing is None:
        return None
    return period_seconds * evaluations + publishing + DELIVERY_SECONDS
