"""Zip files with the code of functions."""

import atexit
import base64
import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from zipfile import ZIP_STORED, ZipFile, ZipInfo

# Zip files have no earlier date. Equal code must give an equal file.
_DATE: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, kw_only=True)
class CodeArchive:
    """A zip file in a temporary folder. cdktf copies it at synthesis."""

    path: Path
    # As Lambda calculates it: SHA-256 in base64.
    sha256: str


def make_archive(name: str, files: Mapping[str, bytes]) -> CodeArchive:
    """Return the zip file NAME.zip with `files` by name."""
    return _make_archive(name, tuple(sorted(files.items())))


@cache
def _make_archive(name: str, files: tuple[tuple[str, bytes], ...]) -> CodeArchive:
    folder = Path(tempfile.mkdtemp(prefix="code-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / f"{name}.zip"
    with ZipFile(path, "w", ZIP_STORED) as file:
        for each, content in files:
            entry = ZipInfo(each, _DATE)
            entry.external_attr = 0o644 << 16
            file.writestr(entry, content)
    digest = hashlib.sha256(path.read_bytes()).digest()
    return CodeArchive(path=path, sha256=base64.b64encode(digest).decode())
