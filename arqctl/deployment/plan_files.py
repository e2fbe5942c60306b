"""Plans as files for `arqctl review`: JSON with secrets in clear, which only their owner can read."""

import os
from collections.abc import Mapping
from pathlib import Path

from arqctl.errors import InputError, Problem

_OWNERS_FOLDER, _OWNERS_FILE = 0o700, 0o600


def write_plans(folder: Path, texts: Mapping[str, str]) -> None:
    """Write `FOLDER/STACK.json` for each stack, every one whole or not at all.

    Raises:
        InputError: when the folder can't be written to.
    """
    try:
        folder.mkdir(mode=_OWNERS_FOLDER, parents=True, exist_ok=True)
        for stack, text in texts.items():
            _write(folder / f"{stack}.json", text)
    except OSError as error:
        what = f"can't be written: {error.strerror}"
        raise InputError([Problem(str(folder), what, "Name a folder that you can write to")]) from error


def _write(file: Path, text: str) -> None:
    fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNERS_FILE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text)
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
