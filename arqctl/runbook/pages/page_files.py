"""The runbooks of a project: one Markdown file each, in the folder of the setting `runbooks`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from arqctl.core.errors import InputError, Problem

_ENVIRONMENT = re.compile(r"Commands name ([a-z0-9-]+)")


@dataclass(frozen=True)
class PageFile:
    """A runbook. `environment` is the one that its commands name."""

    name: str
    file: Path
    text: str
    environment: str


def read_page(folder: Path, name: str, *, commands: Sequence[str]) -> PageFile:
    """Read a runbook. `commands` are the subcommands that an unknown name could mean instead.

    Raises:
        InputError: if the project has no runbooks, none has this name, or it names no environment.
    """
    names = sorted(file.stem for file in folder.glob("*.md"))
    if not names:
        fix = (
            "Write one file for each alarm, NAME.md, or set runbooks in [tool.arqctl] of pyproject.toml. "
            "The packages contain none, because runbooks name the resources of a project"
        )
        raise InputError([Problem(str(folder), "this project has no runbooks here", fix)])
    if name not in names:
        known = [*commands, *names]
        matches = get_close_matches(name, known, n=3, cutoff=0.5) or [each for each in known if name in each]
        fix = f"Did you mean {', '.join(matches)}?" if matches else f"See the files in {folder}"
        raise InputError([Problem(name, "is no runbook", fix)])
    file = folder / f"{name}.md"
    text = file.read_text(encoding="utf-8")
    environment = _ENVIRONMENT.search(text)
    if environment is None:
        fix = 'Write "Commands name production" below its heading, with the environment of its commands'
        raise InputError([Problem(str(file), "does not state the environment that its commands name", fix)])
    return PageFile(name, file, text, environment[1])
