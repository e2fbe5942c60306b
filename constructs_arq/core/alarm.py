"""An alarm as a value: constructs hand out their own, `observability` makes and routes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

# Who is told after five minutes has lost half of a month's budget at 99.99 %.
REACTION_SECONDS = 300


class Severity(StrEnum):
    """Who hears of an alarm: `CRITICAL` wakes a person, `WARNING` waits for working hours."""

    CRITICAL = "critical"
    WARNING = "warning"


class Comparison(StrEnum):
    """How a metric is held against its threshold, in CloudWatch's words."""

    ABOVE = "GreaterThanThreshold"
    AT_LEAST = "GreaterThanOrEqualToThreshold"
    BELOW = "LessThanThreshold"
    AT_MOST = "LessThanOrEqualToThreshold"


class MissingData(StrEnum):
    """What silence means, in CloudWatch's words."""

    BREACHING = "breaching"
    NOT_BREACHING = "notBreaching"
    IGNORE = "ignore"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """When a metric says that something is wrong, and what that means to whoever is called.

    `name` is unique within the construct that hands it out and becomes an id. `region` is given where a
    service reports elsewhere than it runs: CloudFront's metrics are in us-east-1 only.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html

    Raises:
        ValueError: when it would take longer than five minutes to react.
    """

    name: str
    summary: str
    severity: Severity
    namespace: str
    metric: str
    dimensions: Mapping[str, str]
    threshold: float
    comparison: Comparison = Comparison.ABOVE
    statistic: str = "Average"
    unit: str = ""
    period_seconds: int = 60
    evaluations: int = 5
    missing_data: MissingData = MissingData.NOT_BREACHING
    region: str | None = None

    def __post_init__(self) -> None:
        reaction = self.period_seconds * self.evaluations
        if reaction > REACTION_SECONDS:
            raise ValueError(
                f"alarm {self.name} must react in {REACTION_SECONDS} seconds, got {self.period_seconds} x "
                f"{self.evaluations} = {reaction}. Lower period_seconds or evaluations."
            )
