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
    """Return the queries of an alarm with conditions: its metric while they are met, else its threshold.

    The threshold itself does not breach. All metrics must be in the region of the alarm.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    """
    met = " AND ".join(_render(f"c{index}", each) for index, each in enumerate(alarm.conditions))
    return [
        CloudwatchMetricAlarmMetricQuery(
            id="result",
            expression=f"IF({met}, m, {alarm.threshold:.12g})",
            label=alarm.name,
            return_data=True,
        ),
        _query("m", alarm, period=alarm.period_seconds, unit=alarm.unit),
        *(
            _query(f"c{index}", each, period=alarm.period_seconds, unit="")
            for index, each in enumerate(alarm.conditions)
        ),
    ]


def _render(id: str, condition: Condition) -> str:
    value = id if condition.default is None else f"FILL({id}, {condition.default:.12g})"
    return f"{value} {_OPERATORS[condition.comparison]} {condition.value:.12g}"


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
            dimensions=dict(measured.dimensions),
            stat=measured.statistic,
            unit=unit or None,
            period=period,
        ),
    )
