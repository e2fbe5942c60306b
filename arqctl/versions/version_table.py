"""The table of versions: one TOML table for each Kubernetes version, of add-ons and node images.

A renewal changes versions. It keeps order, spacing and comments, except those that state why a version is not
pinned.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from arqctl.core.errors import InputError, Problem

_SECTION = re.compile(r'^\["(?P<kubernetes>[0-9]+\.[0-9]+)"\]\s*(#.*)?$')
_VERSION = re.compile(r"[0-9]+\.[0-9]+")
_ENTRY = re.compile(r'^(?P<before>(?P<name>[a-z0-9_-]+)\s*=\s*")(?P<version>[^"]+)(?P<after>"\s*(#.*)?)$')
# The comment after a version that the table leaves to AWS.
_UNPINNED = re.compile(r"\s*# unpinned:.*$")


@dataclass(frozen=True)
class Change:
    """A version that a renewal replaces."""

    kubernetes: str
    name: str
    before: str
    after: str

    @property
    def replaces_pin(self) -> bool:
        """Whether the table names a version. For "default", AWS selects one in each plan."""
        return self.before != "default"

    def __str__(self) -> str:
        return f"{self.kubernetes} {self.name}: {self.before} -> {self.after}"


@dataclass(frozen=True)
class VersionTable:
    """The lines of a table, without the final newline."""

    lines: tuple[str, ...]

    @classmethod
    def read(cls, file: Path) -> "VersionTable":
        """Read a table from a file.

        Raises:
            InputError: if the file can't be read, or a line is none that a renewal can keep.
        """
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                [Problem(str(file), f"can't be read: {error}", "Give the table with --table")]
            ) from error
        lines = tuple(text.rstrip("\n").split("\n"))
        problems = [
            Problem(f"{file}:{number}", f"is not a table or a version: {line!r}", 'Write NAME = "VERSION"')
            for number, line in enumerate(lines, start=1)
            if not (_SECTION.match(line) or _ENTRY.match(line) or not line.strip() or line.startswith("#"))
        ]
        if problems:
            raise InputError(problems)
        return cls(lines)

    @property
    def kubernetes_versions(self) -> tuple[str, ...]:
        """The Kubernetes versions of the table."""
        return tuple(match["kubernetes"] for line in self.lines if (match := _SECTION.match(line)))

    @property
    def text(self) -> str:
        """The table as text."""
        return "\n".join(self.lines) + "\n"

    def add(self, kubernetes: str) -> "VersionTable":
        """Return a table with a Kubernetes version more, which has the names of the last one.

        Raises:
            InputError: if it is not a minor version: a later read would reject its section.
        """
        if not _VERSION.fullmatch(kubernetes):
            what = f"{kubernetes!r} is not a Kubernetes minor version"
            raise InputError([Problem("--add", what, "Give one such as 1.36")])
        if kubernetes in self.kubernetes_versions:
            return self
        last = max(number for number, line in enumerate(self.lines) if _SECTION.match(line))
        entries = [line for line in self.lines[last:] if _ENTRY.match(line)]
        return VersionTable((*self.lines, "", f'["{kubernetes}"]', *entries))

    def renew(self, find_version: Callable[[str, str], str]) -> "tuple[VersionTable, Sequence[Change]]":
        """Return a table with the version of `find_version` for each Kubernetes version and name."""
        kubernetes, lines, changes = "", [], []
        for line in self.lines:
            section, entry = _SECTION.match(line), _ENTRY.match(line)
            if section:
                kubernetes = section["kubernetes"]
            if entry:
                version = find_version(kubernetes, entry["name"])
                if version != entry["version"]:
                    changes.append(Change(kubernetes, entry["name"], entry["version"], version))
                lines.append(f"{entry['before']}{version}{_UNPINNED.sub('', entry['after'])}")
            else:
                lines.append(line)
        return VersionTable(tuple(lines)), changes
