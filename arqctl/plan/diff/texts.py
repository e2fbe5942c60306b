"""Shortens texts and compares them by line."""

import base64
import binascii
import difflib
import json
import re
from collections.abc import Iterator, Sequence

from arqctl.core.json_access import Json, nesting_depth

LONGEST = 120
"""Longest value that is shown whole, in characters."""
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
    """Return the text, or its beginning if it is long."""
    return text if len(text) <= longest else f"{text[: longest - 1]}{_ELLIPSIS}"


def one_line(text: str) -> str:
    """Return the text in one line, with a sign for each line break."""
    return " ⏎ ".join(text.splitlines())


def shorten_both(before: str, after: str) -> tuple[str, str]:
    """Return both texts, or only the parts around the difference if one is long."""
    if max(len(before), len(after)) <= LONGEST:
        return before, after
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    return _around(before, start, end), _around(after, start, end)


def line_differences(before: str, after: str) -> tuple[str, ...]:
    """Return the lines that differ, with context; each begins with `+`, `-` or a space."""
    old, new = before.splitlines(), after.splitlines()
    if len(old) + len(new) > _MOST_COMPARED:
        old, new = _without_common(old, new)
    if len(old) + len(new) > _MOST_COMPARED:
        return truncate_lines(
            tuple(f"-{line}" for line in old[:_CONTEXT]) + tuple(f"+{line}" for line in new)
        )
    return truncate_lines(tuple(_unified(old, new)))


def truncate_lines(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the first lines, shortened, and the number of the others."""
    shown = [shorten(line, _LONGEST_LINE) for line in lines[:_MOST_LINES]]
    more = len(lines) - len(shown)
    return (*shown, f" {_ELLIPSIS} {more} more lines") if more else tuple(shown)


def decode_base64(text: str) -> str | None:
    """Return the decoded base64 text, or None if it is no base64 or not printable."""
    if not _BASE64.fullmatch(text):
        return None
    try:
        content = base64.b64decode(text, validate=False).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return content if all(character.isprintable() or character in "\n\r\t" for character in content) else None


def parse_json(text: str) -> Json:
    """Return the object or list of a JSON text, or None."""
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
    """Return the length of the common prefix."""
    shortest = min(len(one), len(other))
    return next((at for at in range(shortest) if one[at] != other[at]), shortest)


def _around(text: str, start: int, end: int) -> str:
    """Return the differing part with its context, shortened."""
    first, last = max(0, start - _AROUND), min(len(text), len(text) - end + _AROUND)
    shown = shorten(text[first:last])
    return f"{_ELLIPSIS if first else ''}{shown}{_ELLIPSIS if last < len(text) else ''}"
