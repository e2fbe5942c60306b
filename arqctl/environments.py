"""`arqctl environments`: lists the environments of a project."""

import json
from enum import StrEnum
from typing import Annotated

import typer

from arqctl.core.assembly import read_assembly
from arqctl.core.cli_options import From, open_assembly
from arqctl.core.progress import progress
from arqctl.core.settings import Settings
from arqctl.core.synthesis import project_folder


class Format(StrEnum):
    """Formats of the list."""

    TEXT = "text"
    JSON = "json"


def environments(
    *,
    format_: Annotated[Format, typer.Option("--format", help="Format of the list.")] = Format.TEXT,
    protected: Annotated[
        bool | None,
        typer.Option("--protected/--unprotected", help="Only protected or unprotected environments."),
    ] = None,
    source: From = None,
) -> None:
    """List the environments of the project, for example for the matrix of a pipeline.

    Exit codes: 0 done, 2 invalid input, 1 internal error.

    Example: arqctl environments --format json
    """
    with progress() as on_progress, open_assembly(source, on_progress) as outdir:
        names = sorted({stack.environment for stack in read_assembly(outdir)})
    if protected is not None:
        settings = Settings.load(project_folder())
        names = [name for name in names if (name in settings.protected) is protected]
    typer.echo(json.dumps(names) if format_ is Format.JSON else "\n".join(names))
