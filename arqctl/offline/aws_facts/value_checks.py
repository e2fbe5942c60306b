"""Whether a known value keeps to a constraint, and what to say where it doesn't."""

import re
from decimal import Decimal
from difflib import get_close_matches
from functools import cache

from arqctl.offline.facts import Constraint

Scalar = str | int | float | Decimal

_SHOWN = 12
_LONGEST = 1_000
"""Patterns are only tried on texts up to this length: some would take minutes on long ones."""

_FOREIGN = re.compile(r"\\[pP]\{|\[\[:|\\u[dD][89a-fA-F]|\(\?<[a-zA-Z]|[+*?}]\+|\\[zZAG]|&&\[")
"""What Java or ECMAScript understand in a pattern and Python doesn't, or understands otherwise."""


def fault(value: Scalar, constraint: Constraint) -> str:
    """What AWS says of a value that it doesn't take, or nothing: "takes optional, required"."""
    text = _text(value)
    if constraint.values and text not in constraint.values:
        return f"takes {_listed(constraint.values, text)}"
    if isinstance(value, str) and (complaint := _spelling_fault(value, constraint)):
        return complaint
    return _size_fault(value, constraint)


def count_fault(count: int, constraint: Constraint) -> str:
    """The same of how many a collection holds. None at all is like leaving it out."""
    if constraint.min_items is not None and 0 < count < constraint.min_items:
        return f"takes at least {constraint.min_items}"
    if constraint.max_items is not None and count > constraint.max_items:
        return f"takes at most {constraint.max_items}"
    return ""


def is_foreign(pattern: str) -> bool:
    """Whether a pattern says something that Python doesn't understand, or understands otherwise than AWS."""
    return _FOREIGN.search(pattern) is not None


def _spelling_fault(text: str, constraint: Constraint) -> str:
    if constraint.min_length is not None and len(text) < constraint.min_length:
        return f"takes at least {constraint.min_length} characters"
    if constraint.max_length is not None and len(text) > constraint.max_length:
        return f"takes at most {constraint.max_length} characters, these are {len(text)}"
    pattern = _compiled(constraint.pattern) if constraint.pattern and len(text) <= _LONGEST else None
    return f"takes what matches {constraint.pattern}" if pattern and not pattern.search(text) else ""


def _size_fault(value: Scalar, constraint: Constraint) -> str:
    try:
        number = float(value)
    except ValueError:
        return ""
    if constraint.minimum is not None and number < constraint.minimum:
        return f"takes at least {constraint.minimum:g}"
    if constraint.maximum is not None and number > constraint.maximum:
        return f"takes at most {constraint.maximum:g}"
    return ""


def _text(value: Scalar) -> str:
    return value if isinstance(value, str) else f"{value:.15g}"


def _listed(values: tuple[str, ...], got: str) -> str:
    """All of a few values; of many, those that come closest to the one got."""
    if len(values) <= _SHOWN:
        return ", ".join(values)
    close = get_close_matches(got, values, n=_SHOWN, cutoff=0)
    return f"{', '.join(close)}, and {len(values) - len(close)} more"


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """None where Python can't read the pattern after all."""
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return None
