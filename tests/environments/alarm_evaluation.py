"""Evaluates an alarm of CloudWatch: its expressions for one period, and its state from the newest datapoints.

The expressions follow CloudWatch: no data in a condition or in the chosen branch of `IF` is no data in the
result.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

import operator
from collections.abc import Mapping, Sequence
from typing import Any

Value = float | None
Alarm = dict[str, Any]

NO_DATA = "INSUFFICIENT_DATA"
_BREACHES = {"GreaterThanThreshold": operator.gt, "LessThanThreshold": operator.lt}


def is_breached(alarm: Alarm, value: float, threshold: float) -> bool:
    """Return whether a datapoint breaches a threshold."""
    return bool(_BREACHES[alarm["comparison_operator"]](value, threshold))


def next_state(state: str, real: Sequence[bool], *, periods: int, needed: int, missing: str) -> str:
    """Return the state after an evaluation. `real` are the newest datapoints, and whether they breach."""
    filled, breaching = periods - len(real), sum(real)
    if missing in ("missing", "ignore"):
        if not real:
            return NO_DATA if missing == "missing" else state
        # All that is known breaches, although it is less than is needed.
        is_early = filled > 0 and needed > breaching == len(real)
        if is_early:
            return "ALARM" if missing == "missing" else state
    if missing == "breaching":
        breaching += filled
    return "ALARM" if breaching >= needed else "OK"


def datapoint(alarm: Alarm, measured: Mapping[str, Value]) -> Value:
    """Return the datapoint of an alarm for one period, from the values of its metrics by id."""
    if "metric_query" not in alarm:
        return measured["m"]
    values = dict(measured)
    expressions = {each["id"]: each["expression"] for each in alarm["metric_query"] if "expression" in each}
    result = expressions.pop("result")
    for id_, expression in expressions.items():
        values[id_] = calculate(expression, values)
    return calculate(result, values)


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
