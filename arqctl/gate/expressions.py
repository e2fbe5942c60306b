"""Terraform expressions inside strings: which of them can be decided by reading, and which can't.

A plain reference (`${aws_kms_key.main.arn}`) names a block that is judged itself, so it is decided. A
variable, a local, a function call, a condition, a directive or a module's output may become anything.
"""

import re
from collections.abc import Iterator

_OPENING = re.compile(r"(?<![$])\$\{|(?<!%)%\{")
_STEP = r"(?:\.[A-Za-z_][\w-]*|\.\d+|\.\*|\[(?:\d+|\*|\"[^\"\\]*\")\])"
_REFERENCE = re.compile(rf"\s*(?P<data>data\.)?(?P<type>[A-Za-z][\w-]*)\.[A-Za-z_][\w-]*{_STEP}+\s*")
_UNDECIDED_ROOTS = frozenset({"var", "local", "module", "each", "count", "self", "path", "terraform"})


def interpolations(text: str) -> Iterator[str]:
    """Yield what stands between `${` and its `}`; a `%{` directive is yielded with its opening."""
    end = 0
    while opening := _OPENING.search(text, end):
        end = _closing(text, opening.end())
        inner = text[opening.end() : end - 1]
        yield inner if opening.group().startswith("$") else f"%{{{inner}}}"


def has_expression(text: str) -> bool:
    """Tell whether a string holds any interpolation or directive; `$${` is plain text."""
    return _OPENING.search(text) is not None


def referenced_type(expression: str) -> str | None:
    """The block type that a plain reference names (`aws_vpc`, `data.aws_vpc`), or None for anything else."""
    match = _REFERENCE.fullmatch(expression)
    if match is None or (match["data"] is None and match["type"] in _UNDECIDED_ROOTS):
        return None
    return f"{match['data'] or ''}{match['type']}"


def undecided(text: str) -> str | None:
    """The first expression in a string that isn't a plain reference, or None when all are."""
    return next((each for each in interpolations(text) if referenced_type(each) is None), None)


def _closing(text: str, start: int) -> int:
    """Where the interpolation that begins at `start` ends; an unclosed one ends with the text."""
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
