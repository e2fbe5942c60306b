"""A file of many small entries, of which few are read: an index, then one entry after another.

The file is written whole or not at all. What was made of other sources counts as not there, and so does an
index or an entry whose checksum is wrong.
"""

import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Self
from weakref import finalize

from arqctl.core.atomic_files import replace


class DamagedError(Exception):
    """An entry isn't what was written."""


class Store:
    """An open file: entries are read when they are asked for, also after another file took its place."""

    def __init__(self, descriptor: int, index: Mapping[str, tuple[int, int, int]], start: int) -> None:
        """Take an open file, which is closed with the store, and where its entries are."""
        self.index = index
        self._descriptor = descriptor
        self._start = start
        finalize(self, os.close, descriptor)

    @classmethod
    def open(cls, file: Path, made_of: str) -> Self | None:
        """The store in a file, or None if it has to be written."""
        try:
            with file.open("rb") as stream:
                checksum, line = stream.readline(), stream.readline()
                if checksum.strip() != _checksum(line):
                    return None
                header = json.loads(line)
                if header["made_of"] != made_of:
                    return None
                return cls(os.dup(stream.fileno()), header["index"], stream.tell())
        except OSError:
            return None

    def get(self, key: str) -> bytes | None:
        """An entry, or None if there is none of that key.

        Raises:
            DamagedError: when it can't be read, or isn't what was written.
        """
        if key not in self.index:
            return None
        offset, length, checksum = self.index[key]
        try:
            content = os.pread(self._descriptor, length, self._start + offset)
        except OSError as error:
            raise DamagedError(key) from error
        if zlib.crc32(content) != checksum:
            raise DamagedError(key)
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
    replace(file, (_checksum(line) + b"\n", line, *entries.values()))


def _checksum(line: bytes) -> bytes:
    return b"%08x" % zlib.crc32(line)
