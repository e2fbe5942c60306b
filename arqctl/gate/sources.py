"""Reads the source locations of constructs from `sources.json` beside a stack.

`constructs_arq` writes that file; other apps have none, and then no location is known.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from arqctl.core.assembly import Stack
from arqctl.core.errors import InputError, Problem
from arqctl.gate.paths import display_path
from arqctl.gate.report import SourceLocation

_NAME = "sources.json"


class _SourcesFile(BaseModel):
    """The shape of sources.json. Locations look like `environments/platform.py:31`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    constructs: Mapping[str, tuple[str, ...]]


def read_sources(stack: Stack) -> Mapping[str, tuple[SourceLocation, ...]]:
    """Return the source locations of constructs by path: the project's first, then the library's if known.

    Raises:
        InputError: if the file is invalid.
    """
    file = stack.file.with_name(_NAME)
    if not file.is_file():
        return {}
    try:
        document = _SourcesFile.model_validate(json.loads(file.read_text(encoding="utf-8")))
        return {path: tuple(map(_source, lines)) for path, lines in document.constructs.items()}
    except (OSError, ValueError) as error:
        raise InputError([_problem(file, error)]) from error


def source_of(path: str, sources: Mapping[str, tuple[SourceLocation, ...]]) -> tuple[SourceLocation, ...]:
    """Return the source locations of a construct, or of its nearest ancestor that has any."""
    while path and path not in sources:
        path = path.rpartition("/")[0]
    return sources.get(path, ())


def _source(line: str) -> SourceLocation:
    file, _, number = line.rpartition(":")
    return SourceLocation(file=file, line=int(number))


def _problem(file: Path, error: Exception) -> Problem:
    first = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
    return Problem(display_path(file), f"is invalid: {first}", "Synthesize again")
