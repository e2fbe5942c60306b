"""Checks a known value against a constraint and describes the violation."""

import re
from decimal import Decimal
from difflib import get_close_matches
from functools import cache

from arqctl.offline.facts import Constraint

Scalar = str | int | float | Decimal

_MAX_SHOWN = 12
_MAX_PATTERN_INPUT = 1_000
"""Longer strings aren't matched against patterns: some patterns would take minutes."""

_UNSUPPORTED_SYNTAX = re.compile(r"\\[pP]\{|\[\[:|\\u[dD][89a-fA-F]|\(\?<[a-zA-Z]|[+*?}]\+|\\[zZAG]|&&\[")
"""Java or ECMAScript regular expression syntax that Python lacks or interprets differently."""


def violation(value: Scalar, constraint: Constraint) -> str:
    """Return what AWS accepts if it rejects the value, such as "accepts optional, required"; else ""."""
    text = _to_string(value)
    if constraint.values and text not in constraint.values:
        return f"accepts {_format_values(constraint.values, text)}"
    if isinstance(value, str) and (problem := _string_violation(value, constraint)):
        return problem
    return _range_violation(value, constraint)


def count_violation(count: int, constraint: Constraint) -> str:
    """Return what AWS accepts if it rejects a number of elements, else "". Zero elements count as absent."""
    if constraint.min_items is not None and 0 < count < constraint.min_items:
        return f"accepts at least {constraint.min_items}"
    if constraint.max_items is not None and count > constraint.max_items:
        return f"accepts at most {constraint.max_items}"
    return ""


def is_unsupported_pattern(pattern: str) -> bool:
    """Return whether a pattern uses syntax that Python lacks or interprets differently."""
    return _UNSUPPORTED_SYNTAX.search(pattern) is not None


def _string_violation(text: str, constraint: Constraint) -> str:
    if constraint.min_length is not None and len(text) < constraint.min_length:
        return f"accepts at least {constraint.min_length} characters"
    if constraint.max_length is not None and len(text) > constraint.max_length:
        return f"accepts at most {constraint.max_length} characters, got {len(text)}"
    pattern = (
        _compile_pattern(constraint.pattern)
        if constraint.pattern and len(text) <= _MAX_PATTERN_INPUT
        else None
    )
    return f"accepts values that match {constraint.pattern}" if pattern and not pattern.search(text) else ""


def _range_violation(value: Scalar, constraint: Constraint) -> str:
    try:
        number = float(value)
    except ValueError:
        return ""
    if constraint.minimum is not None and number < constraint.minimum:
        return f"accepts at least {constraint.minimum:g}"
    if constraint.maximum is not None and number > constraint.maximum:
        return f"accepts at most {constraint.maximum:g}"
    return ""


def _to_string(value: Scalar) -> str:
    return value if isinstance(value, str) else f"{value:.15g}"


def _format_values(values: tuple[str, ...], got: str) -> str:
    """List all values if there are few, else those closest to the given value."""
    if len(values) <= _MAX_SHOWN:
        return ", ".join(values)
    close = get_close_matches(got, values, n=_MAX_SHOWN, cutoff=0)
    return f"{', '.join(close)}, and {len(values) - len(close)} more"


@cache
def _compile_pattern(pattern: str) -> re.Pattern[str] | None:
    """Return None if Python can't compile the pattern."""
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return None
