"""Alarms on the lines of a log group, by a metric filter."""

from collections.abc import Callable

from policies.alarms import has_enabled_action
from policies.audit_services import region_of
from policies.stack import Block, Stack, at, references
from policies.verdict import (
    Verdict,
    all_pass,
    any_passes,
    as_number,
    is_between,
    is_expression,
    is_one_of,
    pass_if,
)

_TRANSFORMATION = "metric_transformation"
# With Average, lines that do not match weigh as much.
_STATISTICS = ("Maximum", "Sum")


def alarms_on_log_group(group: Block, stack: Stack, *, selects: Callable[[str], bool]) -> Verdict:
    """Pass a log group with a metric filter whose pattern `selects`, and whose metric has an alarm."""
    return any_passes(_alarms_on_selection(each, stack, selects) for each in filters_of(group, stack))


def filters_of(group: Block, stack: Stack) -> list[Block]:
    """Return the metric filters of a log group."""
    filters = stack.of_type("aws_cloudwatch_log_metric_filter")
    return [each for each in filters if group.address in references(each.get("log_group_name"))]


def _alarms_on_selection(metric_filter: Block, stack: Stack, selects: Callable[[str], bool]) -> Verdict:
    pattern = pattern_of(metric_filter)
    if is_expression(pattern):
        return min(Verdict.UNKNOWN, alarms_on_filter(metric_filter, stack))
    return alarms_on_filter(metric_filter, stack) if selects(pattern) else Verdict.FAIL


def alarms_on_filter(metric_filter: Block, stack: Stack) -> Verdict:
    """Pass a metric filter that counts each line, and whose count of one makes an alarm act."""
    transformation = metric_filter.get(_TRANSFORMATION)
    alarms = [
        each
        for each in stack.of_type("aws_cloudwatch_metric_alarm")
        if each.get("metric_name") == at(transformation, "name")
        and each.get("namespace") == at(transformation, "namespace")
        and region_of(each) == region_of(metric_filter)
    ]
    return all_pass(
        [
            is_between(at(transformation, "value"), 1),
            # The metric of an alarm has the same dimensions: these are values of lines.
            pass_if(not at(transformation, "dimensions")),
            any_passes(_acts_on_one(each) for each in alarms),
        ]
    )


def _acts_on_one(alarm: Block) -> Verdict:
    """Pass an alarm that acts when its metric is 1 in one period, and not when it is 0."""
    datapoints = alarm.get("datapoints_to_alarm")
    return all_pass(
        [
            has_enabled_action(alarm),
            pass_if(not alarm.get("dimensions")),
            is_one_of(alarm.get("statistic"), _STATISTICS),
            is_between(alarm.get("evaluation_periods") if datapoints is None else datapoints, 1, 1),
            _separates_one_from_zero(alarm),
        ]
    )


def _separates_one_from_zero(alarm: Block) -> Verdict:
    operator, threshold = alarm.get("comparison_operator"), alarm.get("threshold")
    if is_expression(operator) or is_expression(threshold):
        return Verdict.UNKNOWN
    number = as_number(threshold)
    if number is None:
        return Verdict.FAIL
    return pass_if(
        (operator == "GreaterThanThreshold" and 0 <= number < 1)
        or (operator == "GreaterThanOrEqualToThreshold" and 0 < number <= 1)
    )


def pattern_of(metric_filter: Block) -> str:
    """Return the pattern of a metric filter; "" selects all lines."""
    return str(metric_filter.get("pattern") or "").strip()
