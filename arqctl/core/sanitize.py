"""Texts that a terminal can't be led astray by: a plan's values are anybody's."""

import re
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TypeVar

# What a terminal obeys, what turns the direction of a line, and what UTF-8 can't hold.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")

_T = TypeVar("_T")


def printable(value: _T) -> _T:
    """The same record, with a space for each character that isn't one to print, newlines among them."""
    cleaned: object = value
    match value:
        case Enum():
            pass
        case str():
            cleaned = _UNPRINTABLE.sub(" ", value)
        case tuple():
            cleaned = tuple(map(printable, value))
        case _ if is_dataclass(value) and not isinstance(value, type):
            named = {field.name: printable(getattr(value, field.name)) for field in fields(value)}
            cleaned = replace(value, **named)
    return cleaned  # type: ignore[return-value]  # each case gives back its own type
