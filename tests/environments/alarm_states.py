"""The states of alarms while their metrics change, and the messages that follow.

The expressions follow CloudWatch: no data in a condition or in the chosen branch of `IF` is no data in the
result. Each phase lasts until all states are stable.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

import operator
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.environments.alarm_metrics import metrics_of

Value = float | None
Values = Mapping[str, Value]
Alarm = dict[str, Any]

NEW = "INSUFFICIENT_DATA"
_ACTIONS = {"ALARM": "alarm_actions", "OK": "ok_actions", NEW: "insufficient_data_actions"}
_BREACHES = {"GreaterThanThreshold": operator.gt, "LessThanThreshold": operator.lt}
_OF_MISSING_DATA = {"breaching": "ALARM", "notBreaching": "OK", "missing": NEW}
_REFERENCE = re.compile(r"\$\{aws_cloudwatch_(?:metric|composite)_alarm\.([\w-]+)\.alarm_name\}")


class AlarmStates:
    """The alarms of a stack, which are new: without data and without a message."""

    def __init__(self, resources: Mapping[str, Mapping[str, Alarm]]) -> None:
        self._metric_alarms = resources["aws_cloudwatch_metric_alarm"]
        self._composite_alarms = resources["aws_cloudwatch_composite_alarm"]
        self._states = dict.fromkeys(self._metric_alarms, NEW) | dict.fromkeys(self._composite_alarms, "OK")

    def change(self, values: Values) -> Iterator[Alarm]:
        """Yield the alarms that send a message when metrics have these values. Others have no data.

        An alarm that ignores missing data needs all its datapoints, so it changes after the others.
        """
        ordered = sorted(
            self._metric_alarms.items(), key=lambda item: item[1]["treat_missing_data"] == "ignore"
        )
        for name, alarm in ordered:
            yield from self._set(name, alarm, self._state_of(name, alarm, values))
            for composite, parts in self._composite_alarms.items():
                yield from self._set(composite, parts, "ALARM" if self._is_met(parts["alarm_rule"]) else "OK")

    def _set(self, name: str, alarm: Alarm, state: str) -> Iterator[Alarm]:
        changed = state != self._states[name]
        self._states[name] = state
        if changed and any(_is_sent_by_mail(action) for action in alarm.get(_ACTIONS[state], ())):
            yield alarm

    def _state_of(self, name: str, alarm: Alarm, values: Values) -> str:
        result = _evaluate(alarm, values)
        if result is None:
            return _OF_MISSING_DATA.get(alarm["treat_missing_data"], self._states[name])
        return "ALARM" if _BREACHES[alarm["comparison_operator"]](result, alarm["threshold"]) else "OK"

    def _is_met(self, rule: str) -> bool:
        """Return whether the rule of a composite alarm is met. An alarm that it excludes is set before it."""
        rule = _REFERENCE.sub(r"\1", rule).replace("AND", "and").replace(" OR ", " or ").replace("NOT", "not")
        functions = {
            state: (lambda name, state=state: self._states[name] == state) for state in (NEW, "ALARM", "OK")
        }
        return bool(eval(rule, functions))  # noqa: S307 - a rule of our own


def _is_sent_by_mail(topic: str) -> bool:
    """Return whether a topic has e-mail subscribers: the end of a problem is sent to endpoints only."""
    return "_recovered_" not in topic


def _evaluate(alarm: Alarm, values: Values) -> Value:
    measured = {metric["id"]: values.get(metric["metric_name"]) for metric in metrics_of(alarm)}
    if "metric_query" not in alarm:
        return measured["m"]
    expressions = {each["id"]: each["expression"] for each in alarm["metric_query"] if "expression" in each}
    result = expressions.pop("result")
    for id_, expression in expressions.items():
        measured[id_] = calculate(expression, measured)
    return calculate(result, measured)


def calculate(expression: str, values: dict[str, Value]) -> Value:
    """Return the result of an expression for one period."""
    if expression.startswith("IF("):
        condition, met, unmet = _split(expression.removeprefix("IF(").removesuffix(")"))
        decision = calculate(condition, values)
        return None if decision is None else calculate(met if decision else unmet, values)
    names = {**values, "FILL": lambda value, default: default if value is None else value}
    try:
        result: Value = eval(expression.replace("AND", "and"), names)  # noqa: S307 - an expression of our own
    except TypeError:
        return None
    return result


def _split(arguments: str) -> Sequence[str]:
    """Split the arguments of a function, which may be function calls."""
    parts, depth = [""], 0
    for character in arguments:
        depth += (character == "(") - (character == ")")
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]
