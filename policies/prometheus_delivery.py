"""Times from an alert of Prometheus to the call to the engineer on call, independent of the library."""

from collections.abc import Iterator

from policies.helm_values import chart_values, is_custom_objects, objects_of
from policies.prometheus_expressions import seconds
from policies.stack import Json, Stack, as_list, at
from policies.verdict import is_expression

MONITORING_CHART = "kube-prometheus-stack"
"""The chart that runs Prometheus and Alertmanager."""
MAX_SECONDS = 300
# Two members of Alertmanager that don't answer, and one request to PagerDuty.
# https://github.com/prometheus/alertmanager/blob/v0.34.0/cmd/alertmanager/main.go
DELIVERY_SECONDS = 2 * 15 + 30
# Recording rules that are evaluated less often would add their interval to the time of an alert.
_MAX_RECORD_INTERVAL_SECONDS = 30


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


def recording_rules(stack: Stack) -> dict[str, list[str]]:
    """Return the expressions of all recording rules in a stack by their names; `$` for one that is late."""
    found: dict[str, list[str]] = {}
    for release in stack.of_type("helm_release"):
        if is_custom_objects(release):
            for each in objects_of(chart_values(release) or []):
                for group, rule in rules_of(each):
                    if at(rule, "record"):
                        expression = at(rule, "expr") if _is_regular(group) else None
                        found.setdefault(str(at(rule, "record")), []).append(str(expression or "$"))
    return found


def _is_regular(group: Json) -> bool:
    interval = seconds(at(group, "interval") or "0s")
    is_late = at(group, "query_offset") is not None
    return not is_late and interval is not None and interval <= _MAX_RECORD_INTERVAL_SECONDS
