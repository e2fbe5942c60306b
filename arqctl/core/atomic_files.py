"""Writes files atomically: readers see the old content or the new, never a part."""

import os
from collections.abc import Iterable
from pathlib import Path

from arqctl.core.errors import InputError, Problem

READABLE, EXECUTABLE, OWNER_ONLY = 0o644, 0o755, 0o600
"""File modes, before the umask. With `OWNER_ONLY`, only the owner can read the file."""


def write(file: Path, text: str, *, mode: int = READABLE) -> None:
    """Write a text and create parent folders. A file with the same content stays unchanged.

    Pipes and terminals, such as `/dev/stdout`, work too.

    Raises:
        InputError: if the file cannot be written.
    """
    content = text.encode()
    try:
        if file.exists() and not file.is_file():
            file.write_bytes(content)
        elif not _has_content(file, content, mode):
            file.parent.mkdir(parents=True, exist_ok=True)
            replace(file, [content], mode=mode)
    except OSError as error:
        what = f"can't be written: {error.strerror}"
        raise InputError([Problem(str(file), what, "Choose a writable file, or free disk space")]) from error


def replace(file: Path, content: Iterable[bytes], *, mode: int = READABLE) -> None:
    """Replace the content of a file; a symbolic link stays, its target is replaced.

    Raises:
        OSError: if the file cannot be written. No temporary file stays behind.
    """
    real = file.resolve()
    temporary = real.with_name(f"{real.name}.{os.urandom(4).hex()}.new")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as stream:
            stream.writelines(content)
        temporary.replace(real)
    finally:
        temporary.unlink(missing_ok=True)


def _has_content(file: Path, content: bytes, mode: int) -> bool:
    """Return whether the file has this content and no wider permissions than `mode`."""
    return file.is_file() and not file.stat().st_mode & 0o777 & ~mode and file.read_bytes() == content
