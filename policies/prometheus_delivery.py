"""Times from an alert of Prometheus to the call to the engineer on call, independent of the library."""

import re
from collections.abc import Iterator

from policies.stack import Json, as_list, at
from policies.verdict import is_expression

MONITORING_CHART = "kube-prometheus-stack"
"""The chart that runs Prometheus and Alertmanager."""
MAX_SECONDS = 300
# Two members of Alertmanager that don't answer, and one request to PagerDuty.
# https://github.com/prometheus/alertmanager/blob/v0.34.0/cmd/alertmanager/main.go
DELIVERY_SECONDS = 2 * 15 + 30

_DURATION = re.compile(r"(\d+)([smhd])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
# The share of failed requests in a window above a limit, as rules of objectives record it.
_RATIO = re.compile(r":ratio_rate(\d+[smhd])\{[^{}]*\} > ([0-9.]+)(?= and |\)|\n|$)")
_ANY_RATIO = re.compile(r":ratio_rate")
_WINDOW = re.compile(r"\[(\d+[smhd])")


def critical_alerts(custom_object: Json) -> Iterator[tuple[Json, Json]]:
    """Yield the group and the rule of each critical alert. A severity that is no literal may be critical."""
    for group, each in rules_of(custom_object):
        severity = at(each, "labels.severity")
        if at(each, "alert") and (severity == "critical" or is_expression(severity)):
            yield group, each


def other_alerts(custom_object: Json) -> Iterator[Json]:
    """Yield the rule of each alert that may not be critical."""
    for _, each in rules_of(custom_object):
        if at(each, "alert") and at(each, "labels.severity") != "critical":
            yield each


def rules_of(custom_object: Json) -> Iterator[tuple[Json, Json]]:
    """Yield the group and the rule of each rule of Prometheus in a custom object."""
    if at(custom_object, "kind") != "PrometheusRule":
        return
    for group in as_list(at(custom_object, "spec.groups")):
        for each in as_list(at(group, "rules")):
            yield group, each


def seconds(duration: object) -> int | None:
    """Return a duration such as `30s`, or None if it has another form."""
    match = _DURATION.fullmatch(str(duration))
    return int(match[1]) * _UNITS[match[2]] if match else None


def detection_seconds(expression: str) -> float | None:
    """Return the time in which a total outage changes the result of an expression, or None if it is unknown.

    A share of failed requests exceeds its limit after this share of its window. All windows of an alternative
    must. Other windows count completely.
    """
    windows = [seconds(each) for each in _WINDOW.findall(expression)]
    if "[" in expression and (not windows or None in windows):
        return None
    ratios: list[float] = []
    for alternative in expression.split("\nor\n"):
        found = _RATIO.findall(alternative)
        if len(found) != len(_ANY_RATIO.findall(alternative)):
            return None
        if found:
            ratios.append(max((seconds(window) or 0) * float(limit) for window, limit in found))
    longest = max((each for each in windows if each), default=0)
    return max(longest, min(ratios, default=0))
