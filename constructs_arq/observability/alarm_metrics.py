"""The metrics of an alarm in CloudWatch: one metric, or an expression of several."""

from typing import Final

from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import (
    CloudwatchMetricAlarmMetricQuery,
    CloudwatchMetricAlarmMetricQueryMetric,
)

from constructs_arq.core.alarm import Alarm, Comparison, Condition

_OPERATORS: Final = {
    Comparison.ABOVE: ">",
    Comparison.AT_LEAST: ">=",
    Comparison.BELOW: "<",
    Comparison.AT_MOST: "<=",
}


def render_queries(alarm: Alarm) -> list[CloudwatchMetricAlarmMetricQuery]:
    """Return the queries of an alarm with conditions or a fill.

    The result is the metric while the conditions are met, else the threshold, which itself does not breach.
    All metrics must be in the region of the alarm.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    """
    others = _Others()
    value, expressions = "m", []
    if alarm.fill:
        value = f"IF({others.render(alarm.fill.condition)}, FILL(m, {alarm.fill.value:.12g}), m)"
    if alarm.fill and alarm.conditions:
        expressions = [CloudwatchMetricAlarmMetricQuery(id="filled", expression=value, return_data=False)]
        value = "filled"
    if alarm.conditions:
        met = " AND ".join(others.render(each) for each in alarm.conditions)
        value = f"IF({met}, {value}, {alarm.threshold:.12g})"
    period = alarm.period_seconds
    return [
        CloudwatchMetricAlarmMetricQuery(id="result", expression=value, label=alarm.name, return_data=True),
        *expressions,
        _query("m", alarm, period=period, unit=alarm.unit),
        *(_query(f"c{index}", each, period=period, unit="") for index, each in enumerate(others.measured)),
    ]


class _Others:
    """The metrics of conditions. Each has a price, so several conditions share one."""

    def __init__(self) -> None:
        self.measured: list[Condition] = []

    def render(self, condition: Condition) -> str:
        """Return the expression of a condition."""
        same = [index for index, each in enumerate(self.measured) if _is_same_metric(each, condition)]
        if not same:
            same = [len(self.measured)]
            self.measured.append(condition)
        value = f"c{same[0]}"
        if condition.default is not None:
            value = f"FILL({value}, {condition.default:.12g})"
        return f"{value} {_OPERATORS[condition.comparison]} {condition.value:.12g}"


def _is_same_metric(one: Condition, other: Condition) -> bool:
    return (one.namespace, one.metric, one.dimensions, one.statistic) == (
        other.namespace,
        other.metric,
        other.dimensions,
        other.statistic,
    )


def _query(
    id: str, measured: Alarm | Condition, *, period: int, unit: str
) -> CloudwatchMetricAlarmMetricQuery:
    return CloudwatchMetricAlarmMetricQuery(
        id=id,
        # Exactly one query returns data. The provider takes an absent value for false.
        return_data=False,
        metric=CloudwatchMetricAlarmMetricQueryMetric(
            namespace=measured.namespace,
            metric_name=measured.metric,
            dimensions=dict(measured.dimensions) or None,
            stat=measured.statistic,
            unit=unit or None,
            period=period,
        ),
    )
