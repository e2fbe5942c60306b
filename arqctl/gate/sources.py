"""Which lines of Python made a stack's constructs, as its app told it beside the stack.

`constructs_arq` writes `sources.json`; an app without it has none, and then nothing is known.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from arqctl.core.assembly import Stack
from arqctl.core.errors import InputError, Problem
from arqctl.gate.places import shown
from arqctl.gate.report import Source

_NAME = "sources.json"


class _Told(BaseModel):
    """The file's shape. A line is told as `environments/platform.py:31`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    constructs: Mapping[str, tuple[str, ...]]


def read_sources(stack: Stack) -> Mapping[str, tuple[Source, ...]]:
    """The lines behind each construct of a stack by its path: the project's, then the library's if known.

    Raises:
        InputError: when the file is there and isn't what `constructs_arq` writes.
    """
    file = stack.file.with_name(_NAME)
    if not file.is_file():
        return {}
    try:
        told = _Told.model_validate(json.loads(file.read_text(encoding="utf-8")))
        return {path: tuple(map(_source, lines)) for path, lines in told.constructs.items()}
    except (OSError, ValueError) as error:
        raise InputError([_problem(file, error)]) from error


def behind(path: str, sources: Mapping[str, tuple[Source, ...]]) -> tuple[Source, ...]:
    """The lines behind a construct; behind what it is part of where nothing is told of itself."""
    while path and path not in sources:
        path = path.rpartition("/")[0]
    return sources.get(path, ())


def _source(line: str) -> Source:
    file, _, number = line.rpartition(":")
    return Source(file=file, line=int(number))


def _problem(file: Path, error: Exception) -> Problem:
    first = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
    return Problem(shown(file), f"doesn't tell where constructs were made: {first}", "Synthesize again")
