"""Policy documents as rules read them: whole ones, and what is known of those with references inside."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from arqctl.offline.values import Unknown, Value

Statement = Mapping[str, Value]
_STATEMENTS = re.compile(r'^\s*\{\s*("\w+"\s*:\s*"[^"]*"\s*,\s*)*"Statement"\s*:\s*\[\s*')


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document. Of one that isn't `whole`, only the first statements are known."""

    keys: Mapping[str, Value]
    statements: tuple[Value, ...]
    whole: bool


def document(value: Value) -> Document | str | None:
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
    return Document(parsed, tuple(statements if isinstance(statements, list) else [statements]), whole=True)


def texts(value: Value) -> list[str]:
    """One text or a list of texts, as policies write either."""
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]


def _once(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    names = [name for name, _ in pairs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{twice[0]!r} stands twice in one object")
    return dict(pairs)


def _beginning(prefix: str) -> Document | str | None:
    """The statements that end before the first unknown: Terraform tells how a text with references begins."""
    if prefix and not prefix.lstrip().startswith("{"):
        return "It is no JSON object"
    found = _STATEMENTS.match(prefix)
    return Document({}, tuple(_complete(prefix, found.end())), whole=False) if found else None


def _complete(text: str, at: int) -> Iterator[Value]:
    decoder = json.JSONDecoder()
    while True:
        try:
            statement, at = decoder.raw_decode(text, at)
        except ValueError:
            return
        yield statement
        at += len(text[at:]) - len(text[at:].lstrip(" \n\t,"))
