"""Reads plans from a folder: `STACK.json` has the output of `terraform show -json` for each stack."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from arqctl.core.errors import InputError, Problem

_FIX = "Make it with `arqctl plan ENV --out-dir DIR`"


def read_plans(folder: Path, stacks: Iterable[str]) -> Mapping[str, str]:
    """Return the text of each plan by stack, for the stacks that have one in the folder.

    Raises:
        InputError: when there is no plan, a file can't be read, or a file belongs to no stack: a plan that
            the review ignores must not look reviewed.
    """
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    if not files:
        raise InputError([Problem(str(folder), "holds no plan", _FIX)])
    known = sorted(stacks)
    fix = "Remove the file, or name its environment"
    problems = [
        Problem(str(file), f"belongs to no reviewed stack ({', '.join(known)})", fix)
        for file in files
        if file.stem not in known
    ]
    texts: dict[str, str] = {}
    for file in files:
        try:
            texts[file.stem] = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(str(file), f"can't be read: {error}", _FIX))
    if problems:
        raise InputError(problems)
    return texts
