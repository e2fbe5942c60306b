"""A CloudWatch alarm on one metric, or on an expression of several."""

from typing import Final

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from constructs import Construct

from constructs_arq.core.alarm import Alarm, Severity
from constructs_arq.core.stack import Stack
from constructs_arq.observability.alarm_metrics import render_queries

# CloudWatch takes other statistics, such as percentiles, in another argument.
_STATISTICS: Final = frozenset({"Average", "Maximum", "Minimum", "SampleCount", "Sum"})


def make_metric_alarm(
    scope: Construct, id: str, *, alarm: Alarm, name: str, provider: TerraformProvider | None
) -> CloudwatchMetricAlarm:
    """Create an alarm without actions. `name` is its name in CloudWatch."""
    created = CloudwatchMetricAlarm(
        scope,
        id,
        alarm_name=name,
        alarm_description=describe_alarm(scope, alarm.summary, runbook=alarm.runbook),
        comparison_operator=alarm.comparison,
        threshold=alarm.threshold,
        evaluation_periods=alarm.evaluations,
        datapoints_to_alarm=alarm.evaluations,
        treat_missing_data=alarm.missing_data,
        tags=severity_tags(alarm.severity),
        provider=provider,
    )
    if alarm.conditions or alarm.fill:
        created.put_metric_query(render_queries(alarm))
    else:
        _set_metric(created, alarm)
    if alarm.threshold_ref:
        created.add_override("threshold", f"${{{alarm.threshold_ref}}}")
    return created


def describe_alarm(scope: Construct, summary: str, *, runbook: str) -> str:
    """Return the summary, with the URL of the runbook if the stack has the URL of its runbooks."""
    folder = Stack.of(scope).config.runbooks_url
    return f"{summary.rstrip('.')}. Runbook: {folder}/{runbook}.md" if folder else summary


def severity_tags(severity: Severity) -> dict[str, str] | None:
    """Return the tag of an alarm that notifies nobody by intent."""
    return {"severity": severity} if severity is Severity.INFO else None


def _set_metric(created: CloudwatchMetricAlarm, alarm: Alarm) -> None:
    created.namespace = alarm.namespace
    created.metric_name = alarm.metric
    if alarm.dimensions:
        created.dimensions = dict(alarm.dimensions)
    created.period = alarm.period_seconds
    if alarm.statistic in _STATISTICS:
        created.statistic = alarm.statistic
    else:
        created.extended_statistic = alarm.statistic
    if alarm.unit:
        created.unit = alarm.unit
