"""Compares the charges of AWS with the estimate, by service."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from arqctl.cost.estimate import Estimate

_TOLERANCE: Final = Decimal("0.20")
_MINIMUM: Final = Decimal(10)
"""Differences below this number of dollars are not marked."""
_OTHER: Final = "EC2 - Other"
# Services of Cost Explorer by the first part of an item's name, or by the item.
_SERVICES: Final = {
    "accessanalyzer": "AWS Identity and Access Management Access Analyzer",
    "backup": "AWS Backup",
    "cloudfront": "Amazon CloudFront",
    "cloudtrail": "AWS CloudTrail",
    "cloudwatch": "AmazonCloudWatch",
    "codebuild": "CodeBuild",
    "config": "AWS Config",
    "ebs": _OTHER,
    "ec2": "Amazon Elastic Compute Cloud - Compute",
    "ecr": "Amazon EC2 Container Registry (ECR)",
    "eks": "Amazon Elastic Container Service for Kubernetes",
    "elasticache": "Amazon ElastiCache",
    "elb": "Amazon Elastic Load Balancing",
    "events": "CloudWatch Events",
    "guardduty": "Amazon GuardDuty",
    "inspector": "Amazon Inspector",
    "kms": "AWS Key Management Service",
    "lambda": "AWS Lambda",
    "logs": "AmazonCloudWatch",
    "rds": "Amazon Relational Database Service",
    "route53": "Amazon Route 53",
    "s3": "Amazon Simple Storage Service",
    "secretsmanager": "AWS Secrets Manager",
    "securityhub": "AWS Security Hub",
    "sns": "Amazon Simple Notification Service",
    "sqs": "Amazon Simple Queue Service",
    "states": "AWS Step Functions",
    "synthetics": "AmazonCloudWatch",
    "transfer": _OTHER,
    "vpc": "Amazon Virtual Private Cloud",
    "vpc/nat-gateway": _OTHER,
    "vpc/nat-gateway-data": _OTHER,
    "waf": "AWS WAF",
}


@dataclass(frozen=True)
class ServiceCost:
    """Estimated and charged cost of a service in US dollars."""

    service: str
    estimated: Decimal
    charged: Decimal

    @property
    def difference(self) -> Decimal:
        """The charged cost above the estimate."""
        return self.charged - self.estimated

    @property
    def is_close(self) -> bool:
        """Whether both are within 20 % of the estimate, or within ten dollars."""
        return abs(self.difference) <= max(self.estimated * _TOLERANCE, _MINIMUM)


def compare_bill(costs: Estimate, bill: Mapping[str, Decimal]) -> tuple[ServiceCost, ...]:
    """Return each service that is estimated or charged, the largest difference first."""
    estimated: dict[str, Decimal] = defaultdict(Decimal)
    for cost in costs.resources:
        for part in cost.components:
            if part.monthly is not None:
                estimated[service_of(part.item)] += part.monthly
    found = (
        ServiceCost(name, estimated.get(name, Decimal(0)), bill.get(name, Decimal(0)))
        for name in {*estimated, *bill}
    )
    rows = (each for each in found if each.estimated or each.charged)
    return tuple(sorted(rows, key=lambda each: (-abs(each.difference), each.service)))


def total(rows: tuple[ServiceCost, ...]) -> ServiceCost:
    """Return the sum of all services."""
    estimated = sum((each.estimated for each in rows), Decimal(0))
    return ServiceCost("all services", estimated, sum((each.charged for each in rows), Decimal(0)))


def service_of(item: str) -> str:
    """Return the service of Cost Explorer that has the charges of an item."""
    return _SERVICES.get(item) or _SERVICES.get(item.partition("/")[0], item.partition("/")[0])
