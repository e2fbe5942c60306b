"""The words of a line of shell commands, with their positions, so that an edit keeps the rest of the line."""

import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# A backslash at the end of a line continues it, and belongs to no word.
_WORD = re.compile(r"""(?:[^\s"'\\]|\\[^\n]|"(?:[^"\\]|\\.)*"|'[^']*')+""", re.DOTALL)
_SEPARATORS = {"|", "&", "&&", "||", ";", ">"}


@dataclass(frozen=True)
class Word:
    """A word as written, its position, and its value without quotes."""

    raw: str
    start: int
    value: str

    @property
    def end(self) -> int:
        """The position after the word."""
        return self.start + len(self.raw)


@dataclass(frozen=True)
class Edit:
    """Text that replaces a part of the line; an empty part inserts it."""

    start: int
    end: int
    text: str


def split_commands(line: str) -> Iterator[tuple[Word, ...]]:
    """Yield the words of each command in a line: a pipe, a list or a redirection starts the next.

    Raises:
        ValueError: if a quote has no end.
    """
    command: list[Word] = []
    for match in _WORD.finditer(line):
        if match[0] in _SEPARATORS:
            yield tuple(command)
            command = []
        else:
            command.append(Word(match[0], match.start(), "".join(shlex.split(match[0]))))
    yield tuple(command)


def apply_edits(line: str, edits: Iterable[Edit]) -> str:
    """Return the line with its edits, which must not overlap."""
    for edit in sorted(edits, key=lambda each: each.start, reverse=True):
        line = line[: edit.start] + edit.text + line[edit.end :]
    return line


def replace_part(word: Word, old: str, new: str) -> Edit:
    """Return the edit of a part of the word, which may have quotes around it."""
    start = word.start + word.raw.index(old)
    return Edit(start, start + len(old), new)
