"""Writes plans for `arqctl review`: JSON with secrets in clear text, readable by its owner only."""

from collections.abc import Mapping
from pathlib import Path

from arqctl.core.atomic_files import OWNER_ONLY, write
from arqctl.core.errors import InputError, Problem

_OWNER_ONLY = 0o700


def write_plans(out_dir: Path, texts: Mapping[str, str]) -> None:
    """Write each stack's plan to `OUT_DIR/STACK.json`, each file completely or not at all.

    Raises:
        InputError: when the folder cannot be written to.
    """
    try:
        out_dir.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
    except OSError as error:
        what = f"can't be written: {error.strerror}"
        raise InputError([Problem(str(out_dir), what, "Use a folder that you can write to")]) from error
    for stack, text in texts.items():
        write(out_dir / f"{stack}.json", text, mode=OWNER_ONLY)
