"""A file of many small entries, of which few are read: an index, then one entry after another.

The file is written whole or not at all. What was made of other sources counts as not there, and so does an
index or an entry whose checksum is wrong.
"""

import json
import os
import tempfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self


class DamagedError(Exception):
    """An entry isn't what was written."""


@dataclass(frozen=True, slots=True)
class Store:
    """An open file: entries by key are read when they are asked for."""

    file: Path
    index: Mapping[str, tuple[int, int, int]]
    start: int

    @classmethod
    def open(cls, file: Path, made_of: str) -> Self | None:
        """The store in a file, or None if it has to be written."""
        try:
            with file.open("rb") as stream:
                checksum, line = stream.readline(), stream.readline()
                start = stream.tell()
        except OSError:
            return None
        if checksum.strip() != _checksum(line):
            return None
        header = json.loads(line)
        return cls(file, header["index"], start) if header["made_of"] == made_of else None

    def get(self, key: str) -> bytes | None:
        """An entry, or None if there is none of that key.

        Raises:
            DamagedError: when it can't be read, or isn't what was written.
        """
        if key not in self.index:
            return None
        offset, length, checksum = self.index[key]
        try:
            with self.file.open("rb") as stream:
                stream.seek(self.start + offset)
                content = stream.read(length)
        except OSError as error:
            raise DamagedError(str(self.file)) from error
        if zlib.crc32(content) != checksum:
            raise DamagedError(str(self.file))
        return content


def write(file: Path, made_of: str, entries: Mapping[str, bytes]) -> None:
    """Write a store. Raises OSError when that can't be done."""
    index: dict[str, tuple[int, int, int]] = {}
    offset = 0
    for key, content in entries.items():
        index[key] = offset, len(content), zlib.crc32(content)
        offset += len(content)
    line = json.dumps({"made_of": made_of, "index": index}, separators=(",", ":")).encode() + b"\n"
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f"{file.name}.", dir=file.parent)
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.writelines((_checksum(line) + b"\n", line, *entries.values()))
        fresh.replace(file)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def _checksum(line: bytes) -> bytes:
    return b"%08x" % zlib.crc32(line)
