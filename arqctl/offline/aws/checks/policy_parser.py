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
    """A policy document. If it isn't whole, only the first statements are known.

    `partial_statement` has the known members of the next statement, which contains the first reference.
    """

    elements: Mapping[str, Value]
    statements: tuple[Value, ...]
    is_whole: bool
    partial_statement: Statement = field(default_factory=dict)


def parse_policy(value: Value) -> PolicyDocument | str | None:
    """Parse a policy document. Return an error message for invalid text, and None if nothing is known."""
    if isinstance(value, Unknown):
        return _parse_prefix(value.prefix)
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        parsed: Value = json.loads(value, object_pairs_hook=_reject_duplicate_keys)
    except ValueError as error:
        return f"is not JSON: {error}"
    if not isinstance(parsed, dict):
        return "is not a JSON object"
    statements = parsed.get("Statement", [])
    return PolicyDocument(
        parsed, tuple(statements if isinstance(statements, list) else [statements]), is_whole=True
    )


def as_strings(value: Value) -> list[str]:
    """Return the strings of a policy element, which is one string or a list."""
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]


def _reject_duplicate_keys(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    names = [name for name, _ in pairs]
    duplicates = sorted({name for name in names if names.count(name) > 1})
    if duplicates:
        raise ValueError(f"{duplicates[0]!r} appears twice in one object")
    return dict(pairs)


def _parse_prefix(prefix: str) -> PolicyDocument | str | None:
    """Parse the statements before the first unknown value, from the string's known prefix."""
    if prefix and not prefix.lstrip().startswith("{"):
        return "is not a JSON object"
    match = _STATEMENTS.match(prefix)
    if not match:
        return None
    statements, position = _parse_complete_statements(prefix, match.end())
    return PolicyDocument(
        {}, tuple(statements), is_whole=False, partial_statement=_parse_partial_object(prefix, position)
    )


def _parse_complete_statements(text: str, position: int) -> tuple[list[Value], int]:
    statements: list[Value] = []
    while True:
        try:
            statement, position = _DECODER.raw_decode(text, position)
        except ValueError:
            return statements, position
        statements.append(statement)
        position = _skip(text, position, ",")


def _parse_partial_object(text: str, position: int) -> Statement:
    """Parse the members of the object at this position that are complete in the text."""
    members: dict[str, Value] = {}
    if text[position : position + 1] != "{":
        return members
    position = _skip(text, position + 1, "")
    while True:
        try:
            key, position = _DECODER.raw_decode(text, position)
            value, position = _DECODER.raw_decode(text, _skip(text, position, ":"))
        except ValueError:
            return members
        members[str(key)] = value
        position = _skip(text, position, ",")


def _skip(text: str, position: int, separator: str) -> int:
    """Return the position after white space and at most one separator."""
    rest = text[position:].lstrip().removeprefix(separator).lstrip()
    return len(text) - len(rest)
