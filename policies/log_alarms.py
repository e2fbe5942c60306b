"""Alarms on the lines of a log group, by a metric filter."""

from collections.abc import Callable

from policies.alarms import has_enabled_action
from policies.stack import Block, Json, Stack, at
from policies.verdict import Verdict, any_passes, is_expression

_TRANSFORMATION = "metric_transformation"


def alarms_on_log_group(group: Block, stack: Stack, *, selects: Callable[[str], bool]) -> Verdict:
    """Pass a log group with a metric filter whose pattern `selects`, and whose metric has an alarm."""
    filters = stack.referrers(group, "aws_cloudwatch_log_metric_filter")
    return any_passes(_alarms_on_selection(each, stack, selects) for each in filters)


def _alarms_on_selection(metric_filter: Block, stack: Stack, selects: Callable[[str], bool]) -> Verdict:
    pattern = pattern_of(metric_filter)
    if is_expression(pattern):
        return min(Verdict.UNKNOWN, alarms_on_filter(metric_filter, stack))
    return alarms_on_filter(metric_filter, stack) if selects(pattern) else Verdict.FAIL


def alarms_on_filter(metric_filter: Block, stack: Stack) -> Verdict:
    """Pass a metric filter whose metric has an alarm with an action."""
    metric = _metric(
        metric_filter.get(f"{_TRANSFORMATION}.namespace"), metric_filter.get(f"{_TRANSFORMATION}.name")
    )
    return any_passes(
        has_enabled_action(each)
        for each in stack.of_type("aws_cloudwatch_metric_alarm")
        if _metric(each.get("namespace"), each.get("metric_name")) == metric
        or any(_of_query(query) == metric for query in each.blocks("metric_query"))
    )


def pattern_of(metric_filter: Block) -> str:
    """Return the pattern of a metric filter; "" selects all lines."""
    return str(metric_filter.get("pattern") or "").strip()


def _of_query(query: Json) -> tuple[str, str]:
    return _metric(at(query, "metric.namespace"), at(query, "metric.metric_name"))


def _metric(namespace: Json, name: Json) -> tuple[str, str]:
    return str(namespace), str(name)
