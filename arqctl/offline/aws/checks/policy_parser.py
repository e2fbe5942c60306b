"""Parser for policy documents, including the known beginning of documents with references."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from arqctl.offline.values import Unknown, Value

Statement = Mapping[str, Value]
_DECODER = json.JSONDecoder()
_STATEMENTS = re.compile(r'^\s*\{\s*("\w+"\s*:\s*"[^"]*"\s*,\s*)*"Statement"\s*:\s*\[\s*')


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """A policy document. If it isn't `whole`, only the first statements are known.

    `cut` has the known members of the next statement, which contains the first reference.
    """

    keys: Mapping[str, Value]
    statements: tuple[Value, ...]
    whole: bool
    cut: Statement = field(default_factory=dict)


def parse_policy(value: Value) -> PolicyDocument | str | None:
    """Parse a policy document. Return an error message for invalid text, and None if nothing is known."""
    if isinstance(value, Unknown):
        return _beginning(value.prefix)
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        parsed: Value = json.loads(value, object_pairs_hook=_once)
    except ValueError as error:
        return f"It is not JSON: {error}"
    if not isinstance(parsed, dict):
        return "It is not a JSON object"
    statements = parsed.get("Statement", [])
    return PolicyDocument(
        parsed, tuple(statements if isinstance(statements, list) else [statements]), whole=True
    )


def texts(value: Value) -> list[str]:
    """Return the strings of a policy element, which is one string or a list."""
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]


def _once(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    names = [name for name, _ in pairs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{twice[0]!r} appears twice in one object")
    return dict(pairs)


def _beginning(prefix: str) -> PolicyDocument | str | None:
    """Parse the statements before the first unknown value, from the string's known prefix."""
    if prefix and not prefix.lstrip().startswith("{"):
        return "It is not a JSON object"
    found = _STATEMENTS.match(prefix)
    if not found:
        return None
    statements, at = _complete(prefix, found.end())
    return PolicyDocument({}, tuple(statements), whole=False, cut=_cut(prefix, at))


def _complete(text: str, at: int) -> tuple[list[Value], int]:
    statements: list[Value] = []
    while True:
        try:
            statement, at = _DECODER.raw_decode(text, at)
        except ValueError:
            return statements, at
        statements.append(statement)
        at = _past(text, at, ",")


def _cut(text: str, at: int) -> Statement:
    """Parse the members of the object at this position that are complete in the text."""
    members: dict[str, Value] = {}
    if text[at : at + 1] != "{":
        return members
    at = _past(text, at + 1, "")
    while True:
        try:
            key, at = _DECODER.raw_decode(text, at)
            value, at = _DECODER.raw_decode(text, _past(text, at, ":"))
        except ValueError:
            return members
        members[str(key)] = value
        at = _past(text, at, ",")


def _past(text: str, at: int, sign: str) -> int:
    """Return the position after white space and, at most once, a sign."""
    rest = text[at:].lstrip().removeprefix(sign).lstrip()
    return len(text) - len(rest)
