"""Parses Terraform expressions in strings, and separates plain references from opaque expressions.

A plain reference (`${aws_kms_key.main.arn}`) names a block that the gate evaluates too. A variable, a local,
a function call, a condition, a directive or a module's output is opaque: it may have any value.
"""

import re
from collections.abc import Iterator

_OPENING = re.compile(r"(?<![$])\$\{|(?<!%)%\{")
_STEP = r"(?:\.[A-Za-z_][\w-]*|\.\d+|\.\*|\[(?:\d+|\*|\"[^\"\\]*\")\])"
_REFERENCE = re.compile(rf"\s*(?P<data>data\.)?(?P<type>[A-Za-z][\w-]*)\.[A-Za-z_][\w-]*{_STEP}+\s*")
_OPAQUE_ROOTS = frozenset({"var", "local", "module", "each", "count", "self", "path", "terraform"})


def interpolations(text: str) -> Iterator[str]:
    """Yield the text between each `${` and its `}`; a `%{` directive includes its opening."""
    end = 0
    while opening := _OPENING.search(text, end):
        end = _closing(text, opening.end())
        inner = text[opening.end() : end - 1]
        yield inner if opening.group().startswith("$") else f"%{{{inner}}}"


def has_expression(text: str) -> bool:
    """Return whether a string holds an interpolation or directive; `$${` is plain text."""
    return _OPENING.search(text) is not None


def referenced_type(expression: str) -> str | None:
    """Return the block type of a plain reference (`aws_vpc`, `data.aws_vpc`), or None for anything else."""
    match = _REFERENCE.fullmatch(expression)
    if match is None or (match["data"] is None and match["type"] in _OPAQUE_ROOTS):
        return None
    return f"{match['data'] or ''}{match['type']}"


def first_opaque_expression(text: str) -> str | None:
    """Return the first expression in a string that is not a plain reference, or None."""
    return next((each for each in interpolations(text) if referenced_type(each) is None), None)


def _closing(text: str, start: int) -> int:
    """Return the end of the interpolation that begins at `start`; an unclosed one ends with the text."""
    depth, quoted, position = 1, False, start
    while position < len(text):
        character = text[position]
        if quoted and character == "\\":
            position += 1
        elif character == '"':
            quoted = not quoted
        elif not quoted and character in "{}":
            depth += 1 if character == "{" else -1
            if depth == 0:
                return position + 1
        position += 1
    return len(text) + 1
