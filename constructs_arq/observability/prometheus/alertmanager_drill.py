"""A drill of the way from Prometheus through Alertmanager to PagerDuty, each month.

https://prometheus.io/docs/prometheus/latest/querying/functions/#day_of_week
https://github.com/prometheus/alertmanager/blob/v0.34.0/notify/metrics.go
"""

from collections.abc import Sequence
from typing import Final

from cdktf import ITerraformDependable
from constructs import Construct

from constructs_arq.core.alarm import Severity
from constructs_arq.core.alarm_delivery import REACTION_SECONDS
from constructs_arq.kubernetes.custom_objects import CustomObjects
from constructs_arq.observability.prometheus.rules import AlertRule, RecordingRule, RuleGroup, prometheus_rule

# The drill of CloudWatch's pages is on the first Tuesday.
_FIRST_WEDNESDAY: Final = "day_of_week() == 3 and day_of_month() <= 7"
_HOUR: Final = 9
_MINUTES: Final = 10
_LAST_MINUTE: Final = 15
_SENT: Final = "alertmanager_notification_requests_total"
_FAILED: Final = "alertmanager_notification_requests_failed_total"
# Three scrapes, so that a lost one hides no event.
_WINDOW: Final = "90s"
_FIRST_SECONDS: Final = 30

DRILL_SECONDS: Final = "alertmanager_drill:accepted:seconds"
"""The time from 9:00 to PagerDuty's acceptance, as Alertmanager's metrics show it. The first value counts.

It includes the wait for an evaluation, and then up to a minute for the scrape and the evaluation that see it.
"""


class AlertmanagerDrill(Construct):
    """A page on the first Wednesday of a month at 9:00 UTC, and a ticket if PagerDuty does not accept it.

    The page ends after ten minutes, and closes its incident. `depends_on` has the operator's definitions.
    """

    def __init__(
        self, scope: Construct, id: str, *, namespace: str, depends_on: Sequence[ITerraformDependable]
    ) -> None:
        super().__init__(scope, id)
        CustomObjects(
            self,
            "rules",
            namespace=namespace,
            objects=[prometheus_rule(self, namespace=namespace, groups=[drill_alerts()])],
            depends_on=depends_on,
        )


def drill_alerts() -> RuleGroup:
    """Return the page, and the ticket about a page that did not arrive within five minutes."""
    late = REACTION_SECONDS // 60
    accepted = " - ".join(
        f'sum(increase({each}{{integration="pagerduty"}}[{_WINDOW}]))' for each in (_SENT, _FAILED)
    )
    # The first evaluation starts the page, and its window has earlier events only.
    seconds = f"vector(time() % 3600) >= {_FIRST_SECONDS} and ({_time(0, late)})"
    return RuleGroup(
        name="alertmanager-drill",
        rules=[
            # Metrics don't name the alert of an event. So only the minutes of the drill count.
            RecordingRule(record=DRILL_SECONDS, expr=f"{seconds} and on () ({accepted} > 0)"),
            AlertRule(
                alert="AlertmanagerDrill",
                expr=_time(0, _MINUTES),
                severity=Severity.CRITICAL,
                summary="This is a drill of Prometheus' pages: nothing is broken",
                runbook="alertmanager-drill",
            ),
            AlertRule(
                alert="AlertmanagerDrillFailed",
                expr=f"({_time(late, _LAST_MINUTE)}) unless max_over_time({DRILL_SECONDS}[{_LAST_MINUTE}m])",
                severity=Severity.WARNING,
                summary="PagerDuty did not accept the monthly drill of Prometheus within five minutes",
                runbook="alertmanager-drill-failed",
            ),
        ],
    )


def _time(first_minute: int, end_minute: int) -> str:
    minutes = f"minute() >= {first_minute} and minute() < {end_minute}"
    return f"hour() == {_HOUR} and {minutes} and {_FIRST_WEDNESDAY}"
