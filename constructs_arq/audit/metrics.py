"""Metrics that count events of the audit in a log group, and alarms on them."""

from typing import Final

from cdktf_cdktf_provider_aws.cloudwatch_log_metric_filter import (
    CloudwatchLogMetricFilter,
    CloudwatchLogMetricFilterMetricTransformation,
)
from constructs import Construct

from constructs_arq.core.alarm import Alarm, Severity
from constructs_arq.storage.log_group import LogGroup

_NAMESPACE: Final = "Arq/Audit"


def count_events(scope: Construct, id: str, *, name: str, log: LogGroup, pattern: str, metric: str) -> None:
    """Create a filter that counts the events of `log` that match the pattern. Filters can share a metric."""
    CloudwatchLogMetricFilter(
        scope,
        id,
        name=name,
        log_group_name=log.resource.name,
        pattern=pattern,
        metric_transformation=CloudwatchLogMetricFilterMetricTransformation(
            namespace=_NAMESPACE, name=metric, value="1", default_value="0", unit="Count"
        ),
    )


def alarm_on_events(name: str, *, metric: str, runbook: str, summary: str, severity: Severity) -> Alarm:
    """Return an alarm on each event that the metric counts."""
    return Alarm(
        name=name,
        runbook=runbook,
        summary=summary,
        severity=severity,
        namespace=_NAMESPACE,
        metric=metric,
        dimensions={},
        statistic="Sum",
        threshold=0,
        evaluations=1,
        counts_events=True,
    )
