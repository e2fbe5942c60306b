"""The states of alarms while their metrics change, and the messages that follow.

Each phase lasts until all states are stable.
"""

import re
from collections.abc import Iterator, Mapping

from tests.environments.alarm_evaluation import NO_DATA, Alarm, Value, datapoint, is_breached, next_state
from tests.environments.alarm_metrics import metrics_of

Values = Mapping[str, Value]

_ACTIONS = {"ALARM": "alarm_actions", "OK": "ok_actions", NO_DATA: "insufficient_data_actions"}
_REFERENCE = re.compile(r"\$\{aws_cloudwatch_(?:metric|composite)_alarm\.([\w-]+)\.alarm_name\}")


class AlarmStates:
    """The alarms of a stack, which are new: without data and without a message."""

    def __init__(self, resources: Mapping[str, Mapping[str, Alarm]]) -> None:
        self._metric_alarms = resources["aws_cloudwatch_metric_alarm"]
        self._composite_alarms = resources["aws_cloudwatch_composite_alarm"]
        self._states = dict.fromkeys(self._metric_alarms, NO_DATA) | dict.fromkeys(
            self._composite_alarms, "OK"
        )

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
        result = datapoint(alarm, {each["id"]: values.get(each["metric_name"]) for each in metrics_of(alarm)})
        return next_state(
            self._states[name],
            [] if result is None else [is_breached(alarm, result, alarm["threshold"])],
            periods=1,
            needed=1,
            missing=alarm["treat_missing_data"],
        )

    def _is_met(self, rule: str) -> bool:
        """Return whether the rule of a composite alarm is met. An alarm that it excludes is set before it."""
        rule = _REFERENCE.sub(r"\1", rule).replace("AND", "and").replace(" OR ", " or ").replace("NOT", "not")
        functions = {
            state: (lambda name, state=state: self._states[name] == state)
            for state in (NO_DATA, "ALARM", "OK")
        }
        return bool(eval(rule, functions))  # noqa: S307 - a rule of our own


def _is_sent_by_mail(topic: str) -> bool:
    """Return whether a topic has e-mail subscribers: the end of a problem is sent to endpoints only."""
    return "_recovered_" not in topic
