"""Verdicts of rules, and the checks of single values that rules combine.

The verdict on an expression is UNKNOWN, because only Terraform can compute its value.
"""

import re
from collections.abc import Iterable
from enum import IntEnum

from policies.stack import Json, interpolations, is_reference

_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class Verdict(IntEnum):
    """A rule's result for one block or value, from worst to best."""

    FAIL = 0
    UNKNOWN = 1
    PASS = 2
    NOT_APPLICABLE = 3


def pass_if(condition: bool) -> Verdict:
    """Return PASS if the condition is true, and FAIL otherwise."""
    return Verdict.PASS if condition else Verdict.FAIL


def all_pass(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst verdict, or PASS if there are none."""
    return min(verdicts, default=Verdict.PASS)


def any_passes(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the best verdict, or FAIL if there are none."""
    return max(verdicts, default=Verdict.FAIL)


def is_expression(value: Json) -> bool:
    """Return whether a value contains an interpolation or a template directive."""
    return isinstance(value, str) and bool(re.search(r"(?<!\$)\$\{|(?<!%)%\{", value))


def is_true(value: Json) -> Verdict:
    """Pass `true`, also in quotes, because Terraform converts them."""
    return _is_any_of(value, (True, "true"))


def is_false(value: Json) -> Verdict:
    """Pass `false`, also in quotes; fail a missing value."""
    return _is_any_of(value, (False, "false"))


def is_one_of(value: Json, allowed: Iterable[str]) -> Verdict:
    """Pass a string that is one of those allowed."""
    return _is_any_of(value, tuple(allowed))


def is_set(value: Json) -> Verdict:
    """Pass a non-empty string of literal text and references; other expressions are UNKNOWN."""
    if not isinstance(value, str) or not value.strip():
        return Verdict.FAIL
    only_references = "%{" not in value and all(is_reference(each) for each in interpolations(value))
    return Verdict.PASS if only_references else Verdict.UNKNOWN


def is_between(value: Json, minimum: float, maximum: float = float("inf")) -> Verdict:
    """Pass a number in the range, also in quotes, because Terraform converts them."""
    if is_expression(value):
        return Verdict.UNKNOWN
    number = as_number(value)
    return pass_if(number is not None and minimum <= number <= maximum)


def as_number(value: Json) -> float | None:
    """Return the value of a number, also in quotes, or None for other values."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value)
    return None


def _is_any_of(value: Json, allowed: tuple[str | bool, ...]) -> Verdict:
    if is_expression(value):
        return Verdict.UNKNOWN
    return pass_if(any(type(value) is type(each) and value == each for each in allowed))
