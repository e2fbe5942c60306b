"""File with an index and many small entries that are read one by one.

The file is written atomically. A file from other sources counts as missing, and so does an index or an entry
with a wrong checksum.
"""

import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Self
from weakref import finalize

from arqctl.core.atomic_files import replace


class CorruptEntryError(Exception):
    """An entry has a wrong checksum or can't be read."""


class EntryStore:
    """An open store. Entries are read on demand, even after another file replaced this one."""

    def __init__(self, descriptor: int, index: Mapping[str, tuple[int, int, int]], start: int) -> None:
        """Take ownership of an open file; `start` is the offset of the first entry."""
        self.index = index
        self._descriptor = descriptor
        self._start = start
        finalize(self, os.close, descriptor)

    @classmethod
    def open(cls, file: Path, source_versions: str) -> Self | None:
        """Open the store in a file, or return None if it must be rebuilt."""
        try:
            with file.open("rb") as stream:
                checksum, line = stream.readline(), stream.readline()
                if checksum.strip() != _checksum(line):
                    return None
                header = json.loads(line)
                if header["source_versions"] != source_versions:
                    return None
                return cls(os.dup(stream.fileno()), header["index"], stream.tell())
        except OSError:
            return None

    def get(self, key: str) -> bytes | None:
        """Return an entry, or None if the key doesn't exist.

        Raises:
            CorruptEntryError: if the entry can't be read or its checksum is wrong.
        """
        if key not in self.index:
            return None
        offset, length, checksum = self.index[key]
        try:
            content = os.pread(self._descriptor, length, self._start + offset)
        except OSError as error:
            raise CorruptEntryError(key) from error
        if zlib.crc32(content) != checksum:
            raise CorruptEntryError(key)
        return content


def write_store(file: Path, source_versions: str, entries: Mapping[str, bytes]) -> None:
    """Write a store. Raises OSError if the file can't be written."""
    index: dict[str, tuple[int, int, int]] = {}
    offset = 0
    for key, content in entries.items():
        index[key] = offset, len(content), zlib.crc32(content)
        offset += len(content)
    line = (
        json.dumps({"source_versions": source_versions, "index": index}, separators=(",", ":")).encode()
        + b"\n"
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    replace(file, (_checksum(line) + b"\n", line, *entries.values()))


def _checksum(line: bytes) -> bytes:
    return b"%08x" % zlib.crc32(line)
