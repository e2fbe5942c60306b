"""What a rule may say, and the small questions that rules are made of.

A value that only Terraform can work out (an expression) is UNKNOWN: neither waved through nor accused.
"""

import re
from collections.abc import Iterable
from enum import IntEnum

from policies.stack import Json, interpolations, is_reference

_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class Verdict(IntEnum):
    """A rule's word on one block, ordered so that the worst is the smallest."""

    FAIL = 0
    UNKNOWN = 1
    PASS = 2
    NOT_CONCERNED = 3


def decided(holds: bool) -> Verdict:
    """Turn a plain answer into a verdict."""
    return Verdict.PASS if holds else Verdict.FAIL


def all_hold(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst of the verdicts; of none at all, PASS."""
    return min(verdicts, default=Verdict.PASS)


def any_holds(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the best of the verdicts; of none at all, FAIL."""
    return max(verdicts, default=Verdict.FAIL)


def is_expression(value: Json) -> bool:
    """Tell whether a value holds an interpolation or a template directive."""
    return isinstance(value, str) and bool(re.search(r"(?<!\$)\$\{|(?<!%)%\{", value))


def is_true(value: Json) -> Verdict:
    """Hold for `true`, also in the quoted form that Terraform converts."""
    return _equals_any(value, (True, "true"))


def is_false(value: Json) -> Verdict:
    """Hold for `false`, also quoted; a missing value doesn't hold."""
    return _equals_any(value, (False, "false"))


def is_one_of(value: Json, allowed: Iterable[str]) -> Verdict:
    """Hold for one of the allowed strings."""
    return _equals_any(value, tuple(allowed))


def is_given(value: Json) -> Verdict:
    """Hold for any text in which at most references stand; nothing and emptiness don't hold."""
    if not isinstance(value, str) or not value.strip():
        return Verdict.FAIL
    plain = "%{" not in value and all(is_reference(each) for each in interpolations(value))
    return Verdict.PASS if plain else Verdict.UNKNOWN


def is_between(value: Json, least: float, most: float = float("inf")) -> Verdict:
    """Hold for a number in the range, also in the quoted form that Terraform converts."""
    if is_expression(value):
        return Verdict.UNKNOWN
    number = as_number(value)
    return decided(number is not None and least <= number <= most)


def as_number(value: Json) -> float | None:
    """Return a number, also from its quoted form, or None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value)
    return None


def _equals_any(value: Json, allowed: tuple[str | bool, ...]) -> Verdict:
    if is_expression(value):
        return Verdict.UNKNOWN
    return decided(any(type(value) is type(each) and value == each for each in allowed))
