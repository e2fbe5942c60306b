"""Plans as files for `arqctl review`: JSON with secrets in clear, which only their owner can read."""

from collections.abc import Mapping
from pathlib import Path

from arqctl.core.atomic_files import OWNERS, write
from arqctl.core.errors import InputError, Problem

_OWNERS_FOLDER = 0o700


def write_plans(folder: Path, texts: Mapping[str, str]) -> None:
    """Write `FOLDER/STACK.json` for each stack, every one whole or not at all.

    Raises:
        InputError: when the folder can't be written to.
    """
    try:
        folder.mkdir(mode=_OWNERS_FOLDER, parents=True, exist_ok=True)
    except OSError as error:
        what = f"can't be written: {error.strerror}"
        raise InputError([Problem(str(folder), what, "Name a folder that you can write to")]) from error
    for stack, text in texts.items():
        write(folder / f"{stack}.json", text, mode=OWNERS)
