"""Patterns of metric filters for lines in JSON, as sets of conditions.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html#matching-terms-events-json
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

_TOKEN = re.compile(
    r'\s*(\(|\)|&&|\|\||!=|=|NOT\s+EXISTS\b|"[^"\\]*"|\$[\w.\[\]]+|[^\s()&|=!<>"$]+)', re.ASCII
)
_SELECTOR = re.compile(r"\$[\w.\[\]]+", re.ASCII)
_MOST_ALTERNATIVES = 1000


class Condition(NamedTuple):
    """A comparison of a field, such as `$.eventName = "StopLogging"`. NOT EXISTS has no value."""

    field: str
    operator: str
    value: str = ""


Alternatives = frozenset[frozenset[Condition]]
"""Sets of conditions. A line matches if it fulfills all conditions of one set."""


class _OtherSyntaxError(Exception):
    pass


def read_alternatives(pattern: str) -> Alternatives:
    """Return the alternatives of a pattern: none for one with another syntax."""
    inner = pattern.strip()
    if not (inner.startswith("{") and inner.endswith("}")):
        return frozenset()
    try:
        return _Parser(_tokens(inner[1:-1])).parse()
    except _OtherSyntaxError:
        return frozenset()


def _tokens(text: str) -> Sequence[str]:
    found: list[str] = []
    position = 0
    while text[position:].strip():
        token = _TOKEN.match(text, position)
        if token is None:
            raise _OtherSyntaxError
        found.append(" ".join(token[1].split()) if token[1].startswith("NOT") else token[1])
        position = token.end()
    return found


class _Parser:
    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens = [*tokens, ""]
        self._position = 0

    def parse(self) -> Alternatives:
        found = self._any()
        if self._next():
            raise _OtherSyntaxError
        return found

    def _any(self) -> Alternatives:
        found = self._all()
        while self._skip("||"):
            found |= self._all()
        return found

    def _all(self) -> Alternatives:
        found = self._one()
        while self._skip("&&"):
            others = self._one()
            if len(found) * len(others) > _MOST_ALTERNATIVES:
                raise _OtherSyntaxError
            found = frozenset(each | other for each in found for other in others)
        return found

    def _one(self) -> Alternatives:
        if self._skip("("):
            found = self._any()
            if not self._skip(")"):
                raise _OtherSyntaxError
            return found
        field = self._next()
        operator = self._next()
        if not _SELECTOR.fullmatch(field):
            raise _OtherSyntaxError
        if operator == "NOT EXISTS":
            return frozenset([frozenset([Condition(field, operator)])])
        value = self._next()
        if operator not in ("=", "!=") or value in ("", "(", ")", "&&", "||", "=", "!="):
            raise _OtherSyntaxError
        return frozenset([frozenset([Condition(field, operator, value.strip('"'))])])

    def _next(self) -> str:
        token = self._tokens[self._position]
        self._position = min(self._position + 1, len(self._tokens) - 1)
        return token

    def _skip(self, token: str) -> bool:
        if self._tokens[self._position] != token:
            return False
        self._position += 1
        return True
