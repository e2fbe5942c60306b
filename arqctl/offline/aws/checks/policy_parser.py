"""Policy documents as rules read them: whole ones, and what is known of those with references inside."""

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
    """A policy document. Of one that isn't `whole`, only the first statements are known.

    `cut` is what is known of the statement after those, in which the first reference stands.
    """

    keys: Mapping[str, Value]
    statements: tuple[Value, ...]
    whole: bool
    cut: Statement = field(default_factory=dict)


def parse_policy(value: Value) -> PolicyDocument | str | None:
    """The document that a text holds, or what is wrong with the text; None if nothing of it is known."""
    if isinstance(value, Unknown):
        return _beginning(value.prefix)
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        parsed: Value = json.loads(value, object_pairs_hook=_once)
    except ValueError as error:
        return f"It is no JSON: {error}"
    if not isinstance(parsed, dict):
        return "It is no JSON object"
    statements = parsed.get("Statement", [])
    return PolicyDocument(
        parsed, tuple(statements if isinstance(statements, list) else [statements]), whole=True
    )


def texts(value: Value) -> list[str]:
    """One text or a list of texts, as policies write either."""
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]


def _once(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    names = [name for name, _ in pairs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{twice[0]!r} stands twice in one object")
    return dict(pairs)


def _beginning(prefix: str) -> PolicyDocument | str | None:
    """The statements that end before the first unknown: Terraform tells how a text with references begins."""
    if prefix and not prefix.lstrip().startswith("{"):
        return "It is no JSON object"
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
    """The members, of the object that begins here, that end before the text does."""
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
    """Where the text goes on after white space and, at most once, a sign."""
    rest = text[at:].lstrip().removeprefix(sign).lstrip()
    return len(text) - len(rest)
