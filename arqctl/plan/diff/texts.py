"""Differences of texts: short ones whole, long ones around the change, those of several lines by line."""

import base64
import binascii
import difflib
import json
import re
from collections.abc import Iterator, Sequence

from arqctl.core.json_access import Json, nesting_depth

LONGEST = 120
"""Characters of a value that is shown whole."""
_LONGEST_LINE = 160
_MOST_LINES = 40
_CONTEXT = 2
_AROUND = 30
_DEEPEST = 40
_ELLIPSIS = "…"
_BASE64 = re.compile(r"[A-Za-z0-9+/]{16,}[A-Za-z0-9+/\r\n]*={0,2}\s*")
# Line comparison is quadratic where little is equal.
_MOST_COMPARED = 2_000


def shorten(text: str, longest: int = LONGEST) -> str:
    """The text, or its beginning where it is long."""
    return text if len(text) <= longest else f"{text[: longest - 1]}{_ELLIPSIS}"


def one_line(text: str) -> str:
    """The text without line breaks, which are shown by a sign."""
    return " ⏎ ".join(text.splitlines())


def shorten_both(before: str, after: str) -> tuple[str, str]:
    """Both texts, or where one is long, what lies around the place that differs."""
    if max(len(before), len(after)) <= LONGEST:
        return before, after
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    return _around(before, start, end), _around(after, start, end)


def line_differences(before: str, after: str) -> tuple[str, ...]:
    """The lines that differ, with those around them; each begins with `+`, `-` or a space."""
    old, new = before.splitlines(), after.splitlines()
    if len(old) + len(new) > _MOST_COMPARED:
        old, new = _without_common(old, new)
    if len(old) + len(new) > _MOST_COMPARED:
        return truncate_lines(
            tuple(f"-{line}" for line in old[:_CONTEXT]) + tuple(f"+{line}" for line in new)
        )
    return truncate_lines(tuple(_unified(old, new)))


def truncate_lines(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines, shortened, and a count of those beyond what anyone reads."""
    shown = [shorten(line, _LONGEST_LINE) for line in lines[:_MOST_LINES]]
    more = len(lines) - len(shown)
    return (*shown, f" {_ELLIPSIS} {more} more lines") if more else tuple(shown)


def decode_base64(text: str) -> str | None:
    """What a text says in base64, if it is that, and says something that people read."""
    if not _BASE64.fullmatch(text):
        return None
    try:
        content = base64.b64decode(text, validate=False).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return content if all(character.isprintable() or character in "\n\r\t" for character in content) else None


def parse_json(text: str) -> Json:
    """What a text says in JSON, if it is an object or a list; None if not."""
    if text[:1] not in ("{", "[") and text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        content: Json = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict | list) and nesting_depth(content) <= _DEEPEST else None


def _unified(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    groups = difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_CONTEXT)
    for number, group in enumerate(groups):
        if number:
            yield f" {_ELLIPSIS}"
        for kind, old_from, old_to, new_from, new_to in group:
            if kind == "equal":
                yield from (f" {line}" for line in old[old_from:old_to])
            else:
                yield from (f"-{line}" for line in old[old_from:old_to])
                yield from (f"+{line}" for line in new[new_from:new_to])


def _without_common(old: Sequence[str], new: Sequence[str]) -> tuple[list[str], list[str]]:
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    return list(old[start : len(old) - end]), list(new[start : len(new) - end])


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How much both begin with."""
    shortest = min(len(one), len(other))
    return next((at for at in range(shortest) if one[at] != other[at]), shortest)


def _around(text: str, start: int, end: int) -> str:
    """What lies around the part that differs. What differs, and is long itself, shows its beginning."""
    first, last = max(0, start - _AROUND), min(len(text), len(text) - end + _AROUND)
    shown = shorten(text[first:last])
    return f"{_ELLIPSIS if first else ''}{shown}{_ELLIPSIS if last < len(text) else ''}"
