"""Evaluates alarms of CloudWatch over series of minutes.

Each minute, an alarm looks at the periods that end then, and at a few older ones. With enough real
datapoints, the newest decide. Otherwise missing ones are filled, as few as possible.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean
from typing import Any

from tests.environments.alarm_evaluation import NO_DATA, Alarm, Value, datapoint, is_breached, next_state
from tests.environments.alarm_metrics import metrics_of

Series = Sequence[Value]
# The examples of AWS for three periods have five datapoints.
_OLDER_PERIODS = 2
_COMBINE: dict[str, Callable[[list[float]], float]] = {
    "Average": fmean,
    "Maximum": max,
    "Minimum": min,
    "SampleCount": sum,
    "Sum": sum,
}
_PART = re.compile(r'ALARM\("\$\{aws_cloudwatch_metric_alarm\.([\w-]+)\.alarm_name\}"\)')
_STORAGE = re.compile(r"\$\{aws_db_instance\.([\w-]+)\.allocated_storage \* ([0-9.]+)\}")


@dataclass(frozen=True)
class Stack:
    """The alarms of a stack, from its Terraform JSON."""

    resources: Mapping[str, Mapping[str, Any]]

    @cached_property
    def metric_alarms(self) -> dict[str, Alarm]:
        """The alarms on metrics, by their Terraform name."""
        return dict(self.resources["aws_cloudwatch_metric_alarm"])

    @cached_property
    def critical(self) -> dict[str, Alarm]:
        """The alarms that page, also composite ones, by their Terraform name."""
        alarms = {**self.metric_alarms, **self.resources["aws_cloudwatch_composite_alarm"]}
        return {
            name: alarm
            for name, alarm in alarms.items()
            if any("_critical_" in action for action in alarm.get("alarm_actions", ()))
        }

    def metrics_of_pages(self) -> Iterator[dict[str, Any]]:
        """Yield the metrics that decide about a page."""
        for name, alarm in self.critical.items():
            parts = _PART.findall(alarm["alarm_rule"]) if "alarm_rule" in alarm else [name]
            for part in parts:
                yield from metrics_of(self.metric_alarms[part])

    def minutes_in_alarm(self, name: str, find: Callable[[dict[str, Any]], Series]) -> list[int]:
        """Return the minutes of an alarm in the state ALARM. `find` returns the series of a metric."""
        alarm = self.critical.get(name) or self.metric_alarms[name]
        if "alarm_rule" not in alarm:
            states = evaluate(alarm, find, threshold=self._threshold(alarm))
            return [minute for minute, state in enumerate(states) if state == "ALARM"]
        parts = {part: set(self.minutes_in_alarm(part, find)) for part in _PART.findall(alarm["alarm_rule"])}
        rule = _PART.sub(r'("\1" in now)', alarm["alarm_rule"]).replace("AND", "and").replace("OR", "or")
        return [
            minute
            for minute in sorted(set().union(*parts.values()))
            if eval(rule, {"now": {part for part in parts if minute in parts[part]}})  # noqa: S307 - our own
        ]

    def _threshold(self, alarm: Alarm) -> float:
        """Return the threshold. That of storage is a share of its size. A replica has that of its source."""
        match = _STORAGE.fullmatch(str(alarm["threshold"]))
        if not match:
            return float(alarm["threshold"])
        instances = self.resources["aws_db_instance"]
        size = instances[match[1]].get("allocated_storage") or instances["database"]["allocated_storage"]
        return float(size) * float(match[2])


def evaluate(alarm: Alarm, find: Callable[[dict[str, Any]], Series], *, threshold: float) -> Iterator[str]:
    """Yield the state of each minute."""
    metrics = metrics_of(alarm)
    period = int(metrics[0]["period"]) // 60
    results = [datapoint(alarm, values) for values in _datapoints(metrics, find)]
    periods = int(alarm["evaluation_periods"])
    state = NO_DATA
    for minute in range(len(results)):
        ends = range(minute, minute - period * (periods + _OLDER_PERIODS), -period)
        # The newest first.
        points = [results[end] for end in ends if end >= 0]
        real = [is_breached(alarm, point, threshold) for point in points if point is not None][:periods]
        state = next_state(
            state,
            real,
            periods=periods,
            needed=int(alarm.get("datapoints_to_alarm") or periods),
            missing=alarm["treat_missing_data"],
        )
        yield state


def _datapoints(
    metrics: Sequence[dict[str, Any]], find: Callable[[dict[str, Any]], Series]
) -> Iterator[dict[str, Value]]:
    """Yield the values of the metrics in the period that ends with each minute."""
    series = {metric["id"]: (metric, find(metric)) for metric in metrics}
    for minute in range(len(next(iter(series.values()))[1])):
        yield {id_: _combine(metric, values, minute) for id_, (metric, values) in series.items()}


def _combine(metric: dict[str, Any], values: Series, minute: int) -> Value:
    first = max(0, minute + 1 - int(metric["period"]) // 60)
    found = [value for value in values[first : minute + 1] if value is not None]
    statistic = metric.get("stat") or metric["statistic"]
    # The share of requests up to a value. Minutes have the same weight, as in `5xxErrorRate`.
    return _COMBINE.get(statistic, fmean)(found) if found else None
