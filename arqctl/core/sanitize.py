"""Escapes control characters: the values of a plan are untrusted."""

import re
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TypeVar

# Control characters, characters that change the direction of text, and those that XML or UTF-8 cannot encode.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")

_T = TypeVar("_T")


def sanitize(value: _T) -> _T:
    """Return the record with a space in place of each unprintable character, newlines included."""
    cleaned: object = value
    match value:
        case Enum():
            pass
        case str():
            cleaned = _UNPRINTABLE.sub(" ", value)
        case tuple():
            cleaned = tuple(map(sanitize, value))
        case _ if is_dataclass(value) and not isinstance(value, type):
            named = {field.name: sanitize(getattr(value, field.name)) for field in fields(value)}
            cleaned = replace(value, **named)
    return cleaned  # type: ignore[return-value]  # each case returns its own type
