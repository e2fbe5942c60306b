"""Delivery times of CloudWatch alarms, from AWS's documentation, independent of the library."""

MAX_SECONDS = 300
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
        "AWS/WAFV2",
        "Arq/Database",
        "Arq/Paging",
        "CloudWatchSynthetics",
        "ContainerInsights",
    ),
    60,
)
