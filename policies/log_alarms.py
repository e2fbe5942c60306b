"""Alarms on the lines of a log group, by a metric filter."""

from policies.alarms import has_enabled_action
from policies.stack import Block, Json, Stack, at
from policies.verdict import Verdict, any_passes

_TRANSFORMATION = "metric_transformation"


def alarms_on_log_group(group: Block, stack: Stack, *, pattern_has: str = "") -> Verdict:
    """Pass a log group with a metric filter on `pattern_has`, whose metric has an alarm with an action."""
    metrics = {
        _metric(each.get(f"{_TRANSFORMATION}.namespace"), each.get(f"{_TRANSFORMATION}.name"))
        for each in stack.referrers(group, "aws_cloudwatch_log_metric_filter")
        if pattern_has in str(each.get("pattern"))
    }
    alarms = stack.of_type("aws_cloudwatch_metric_alarm")
    return any_passes(
        has_enabled_action(each)
        for each in alarms
        if _metric(each.get("namespace"), each.get("metric_name")) in metrics
        or any(_of_query(query) in metrics for query in each.blocks("metric_query"))
    )


def _of_query(query: Json) -> tuple[str, str]:
    return _metric(at(query, "metric.namespace"), at(query, "metric.metric_name"))


def _metric(namespace: Json, name: Json) -> tuple[str, str]:
    return str(namespace), str(name)
