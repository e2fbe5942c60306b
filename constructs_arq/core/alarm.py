"""Alarms as values. Constructs define them, and `observability` creates and routes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from constructs_arq.core.alarm_delivery import REACTION_SECONDS, call_seconds


class Severity(StrEnum):
    """The urgency of an alarm.

    `CRITICAL` pages the engineer on call, `WARNING` opens a ticket for working hours, and `INFO` is only on
    dashboards.
    """

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


class Comparison(StrEnum):
    """CloudWatch's operators between a metric and its threshold."""

    ABOVE = "GreaterThanThreshold"
    AT_LEAST = "GreaterThanOrEqualToThreshold"
    BELOW = "LessThanThreshold"
    AT_MOST = "LessThanOrEqualToThreshold"


_STRICT: Final = (Comparison.ABOVE, Comparison.BELOW)


class MissingData(StrEnum):
    """CloudWatch's treatments of missing data.

    With `MISSING`, an alarm also notifies when the data stops, but not before the first data. It consists of
    a composite alarm and two metric alarms.
    """

    BREACHING = "breaching"
    NOT_BREACHING = "notBreaching"
    IGNORE = "ignore"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A value of another metric without which an alarm does not notify.

    `default` replaces missing data. Without it, missing data of the condition is missing data of the alarm.
    """

    namespace: str
    metric: str
    dimensions: Mapping[str, str]
    statistic: str
    comparison: Comparison
    value: float
    default: float | None = None


@dataclass(frozen=True, kw_only=True)
class Fill:
    """A value that replaces missing data of an alarm's metric while a condition is met."""

    value: float
    condition: Condition


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """A CloudWatch alarm on one metric, under `conditions` on other metrics of the same region.

    `summary` explains the consequence to the engineer on call. `name` is unique within its construct, and is
    used as an id. `runbook` is the name of the page with the response; alarms of one kind share it.
    `region` is that of the metric if it differs from the stack's: CloudFront's metrics are in us-east-1
    only. `published_every_seconds` is the interval of a metric that AWS publishes less than once in five
    minutes: a shorter period would have no datapoint most of the time.
    `counts_events` means that the metric counts events, such as findings: each is a problem until a person
    handles it. The state OK then means only that no other event came, so it must not close a page.
    `threshold_ref` is a Terraform expression for a threshold that only the deployment knows;
    `threshold` is then its first value, which dashboards show.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html

    Raises:
        ValueError: if the reaction takes longer than five minutes, or than the metric's interval. A critical
            alarm must also call in that time, so its metric must be published each minute. With conditions,
            also if the threshold itself breaches: it is the value while one is not met.
    """

    name: str
    runbook: str
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
    published_every_seconds: int = 60
    counts_events: bool = False
    threshold_ref: str = ""
    conditions: tuple[Condition, ...] = ()
    fill: Fill | None = None

    def __post_init__(self) -> None:
        reaction = self.period_seconds * self.evaluations
        limit = max(REACTION_SECONDS, self.published_every_seconds)
        if reaction > limit:
            raise ValueError(
                f"alarm {self.name} must react in {limit} seconds, got {self.period_seconds} x "
                f"{self.evaluations} = {reaction}. Lower period_seconds or evaluations."
            )
        if self.severity is Severity.CRITICAL:
            self._require_page_in_time()
        if self.conditions and (self.threshold_ref or self.comparison not in _STRICT):
            raise ValueError(
                f"alarm {self.name} has conditions, so its threshold must be a number that does not breach. "
                "Use ABOVE or BELOW without threshold_ref."
            )

    def _require_page_in_time(self) -> None:
        for namespace in (self.namespace, *(each.namespace for each in self.conditions)):
            seconds = call_seconds(
                namespace, period_seconds=self.period_seconds, evaluations=self.evaluations
            )
            if seconds is None or seconds > REACTION_SECONDS:
                late = "is not published each minute" if seconds is None else f"calls after {seconds} seconds"
                raise ValueError(
                    f"alarm {self.name} must page within {REACTION_SECONDS} seconds, but its metric of "
                    f"{namespace} {late}. Use Severity.WARNING, or evaluations=3 with a period of 60."
                )
