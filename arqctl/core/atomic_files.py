"""Files that are written whole or not at all: who reads one meanwhile reads the old text."""

import os
from collections.abc import Iterable
from pathlib import Path

from arqctl.core.errors import InputError, Problem

READABLE, EXECUTABLE, OWNERS = 0o644, 0o755, 0o600
"""Who may do what with a file, unless the umask takes it away: `OWNERS` is for its owner's eyes alone."""


def write(file: Path, text: str, *, mode: int = READABLE) -> None:
    """Write a text, and the folders above it; a file that holds it already is left as it is.

    A pipe or a terminal, such as `/dev/stdout`, is written to.

    Raises:
        InputError: when it can't be written.
    """
    content = text.encode()
    try:
        if file.exists() and not file.is_file():
            file.write_bytes(content)
        elif not _holds(file, content, mode):
            file.parent.mkdir(parents=True, exist_ok=True)
            replace(file, [content], mode=mode)
    except OSError as error:
        what = f"can't be written: {error.strerror}"
        raise InputError(
            [Problem(str(file), what, "Name a file that you can write to, or make room")]
        ) from error


def replace(file: Path, content: Iterable[bytes], *, mode: int = READABLE) -> None:
    """Put the content in a file's place; what a link names is replaced, not the link.

    Raises:
        OSError: when it can't be written. Nothing is left behind.
    """
    real = file.resolve()
    fresh = real.with_name(f"{real.name}.{os.urandom(4).hex()}.new")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as stream:
            stream.writelines(content)
        fresh.replace(real)
    finally:
        fresh.unlink(missing_ok=True)


def _holds(file: Path, content: bytes, mode: int) -> bool:
    """A file that more may read than should does not count."""
    return file.is_file() and not file.stat().st_mode & 0o777 & ~mode and file.read_bytes() == content
