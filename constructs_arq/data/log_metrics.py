"""Metrics of errors in PostgreSQL's log.

A filter of text can't have dimensions, so each instance has its own metrics.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cdktf_cdktf_provider_aws.cloudwatch_log_metric_filter import (
    CloudwatchLogMetricFilter,
    CloudwatchLogMetricFilterMetricTransformation,
)
from constructs import Construct

from constructs_arq.core.alarm import Alarm, Comparison, Condition, Severity
from constructs_arq.data.postgres_alarms import InstanceName
from constructs_arq.storage.log_group import LogGroup

METRICS_NAMESPACE: Final = "Arq/Database"
_ERRORS_PER_MINUTE: Final = 10

# RDS writes `time:client:user@database:[process]:LEVEL:  text`.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.Query_Logging.html
_FATAL: Final = "]:FATAL:"
_ERROR: Final = "]:ERROR:"
_NO_CONNECTION: Final = (
    "sorry, too many clients already",
    "remaining connection slots are reserved",
    "too many connections for role",
    "too many connections for database",
)
# A client's mistake, or a normal restart. Each line of these has the level FATAL.
_HARMLESS_FATAL: Final = (
    "authentication failed",
    "no pg_hba.conf entry",
    "does not exist",
    "is not permitted to log in",
    "terminating connection",
    "the database system is starting up",
    "the database system is shutting down",
    "the database system is not yet accepting connections",
)
# Errors that applications expect and repeat. A cancelled statement reached its timeout, or the client left.
_EXPECTED_ERRORS: Final = (
    "canceling",
    "duplicate key value violates unique constraint",
    "could not serialize access",
    "deadlock detected",
)


@dataclass(frozen=True)
class _Filter:
    id: str
    pattern: str


def _all_but(term: str, excluded: Sequence[str]) -> str:
    return " ".join([f'"{term}"', *(f'-"{each}"' for each in excluded)])


FILTERS: Final = (
    _Filter("refused-connections", " ".join(f'?"{each}"' for each in _NO_CONNECTION)),
    _Filter("fatal-errors", _all_but(_FATAL, [*_HARMLESS_FATAL, *_NO_CONNECTION])),
    _Filter("errors", _all_but(_ERROR, _EXPECTED_ERRORS)),
)


class LogMetrics(Construct):
    """Metric filters on the log of an instance, and their alarms.

    The number of a minute without matching lines is 0, and there is no datapoint without any line.
    Above `busy_connections`, another alarm pages.
    """

    def __init__(
        self, scope: Construct, id: str, *, log: LogGroup, instance: InstanceName, busy_connections: float
    ) -> None:
        super().__init__(scope, id)
        for each in FILTERS:
            CloudwatchLogMetricFilter(
                self,
                each.id,
                name=each.id,
                log_group_name=log.resource.name,
                pattern=each.pattern,
                metric_transformation=CloudwatchLogMetricFilterMetricTransformation(
                    namespace=METRICS_NAMESPACE,
                    name=_metric(instance, each.id),
                    value="1",
                    default_value="0",
                    unit="Count",
                ),
            )
        self.alarms: tuple[Alarm, ...] = tuple(_alarms(instance, busy_connections))


def _metric(instance: InstanceName, id: str) -> str:
    return f"{instance.text}-{id}"


def _alarms(instance: InstanceName, busy_connections: float) -> Iterator[Alarm]:
    # PostgreSQL refuses connections of one role or database at their own limit. If the instance has few left,
    # its alarm on connections pages already.
    yield Alarm(
        name="refused-connections",
        runbook="database-refused-connections",
        summary=f"{instance.text} refuses connections, although it has some left: a role is at its limit",
        severity=Severity.CRITICAL,
        namespace=METRICS_NAMESPACE,
        metric=_metric(instance, "refused-connections"),
        dimensions={},
        statistic="Sum",
        threshold=0,
        evaluations=3,
        conditions=(
            Condition(
                namespace="AWS/RDS",
                metric="DatabaseConnections",
                dimensions=instance.dimensions,
                statistic="Maximum",
                comparison=Comparison.AT_MOST,
                value=busy_connections,
            ),
        ),
    )
    yield Alarm(
        name="fatal-errors",
        runbook="database-fatal-errors",
        summary=f"{instance.text} ended sessions with FATAL, but not for a failed login or a restart",
        severity=Severity.WARNING,
        namespace=METRICS_NAMESPACE,
        metric=_metric(instance, "fatal-errors"),
        dimensions={},
        statistic="Sum",
        threshold=0,
        evaluations=1,
    )
    yield Alarm(
        name="errors",
        runbook="database-errors",
        summary=f"Statements in {instance.text} fail more than {_ERRORS_PER_MINUTE} times a minute",
        severity=Severity.WARNING,
        namespace=METRICS_NAMESPACE,
        metric=_metric(instance, "errors"),
        dimensions={},
        statistic="Sum",
        threshold=_ERRORS_PER_MINUTE,
    )
