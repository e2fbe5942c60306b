"""Plans that were made elsewhere: a folder with `terraform show -json` of each stack, `STACK.json`."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from arqctl.core.errors import InputError, Problem

_MEND = "Make it with `arqctl plan ENV --json FOLDER`"


def read_plans(folder: Path, stacks: Iterable[str]) -> Mapping[str, str]:
    """The plans' texts by stack, for those of `stacks` that the folder has a plan of.

    Raises:
        InputError: when there is none at all, a file can't be read, or a file belongs to no stack: a plan
            that nobody looks at must not seem reviewed.
    """
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    if not files:
        raise InputError([Problem(str(folder), "holds no plan", _MEND)])
    known = sorted(stacks)
    fix = "Take it out, or name its environment"
    problems = [
        Problem(str(file), f"is the plan of no stack under review: {', '.join(known)}", fix)
        for file in files
        if file.stem not in known
    ]
    texts: dict[str, str] = {}
    for file in files:
        try:
            texts[file.stem] = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(str(file), f"can't be read: {error}", _MEND))
    if problems:
        raise InputError(problems)
    return texts
