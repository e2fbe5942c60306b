"""What several commands take on their command line, and what comes of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from arqctl.core.atomic_files import write
from arqctl.core.synthesis import find_project, temporary_assembly

Environment = Annotated[str, typer.Argument(metavar="ENV", help="The environment: dev, staging, production.")]
From = Annotated[
    Path | None,
    typer.Option("--from", metavar="DIR", help="Take a folder that `cdktf synth` wrote; don't synthesize."),
]
Output = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write to this file, not to standard output.")
]


@contextmanager
def assembly_of(source: Path | None, tell: Callable[[str], None]) -> Iterator[Path]:
    """Give the folder that `--from` names, or a temporary one that the current project is synthesized into.

    Raises:
        InputError: when there is no project here, or it doesn't synthesize.
    """
    if source is not None:
        yield source
        return
    tell("synthesizing")
    with temporary_assembly(find_project(Path.cwd())) as assembly:
        yield assembly.folder


def put(text: str, output: Path | None) -> None:
    """Write a text where `--output` says, or else to standard output.

    Raises:
        InputError: when the file can't be written.
    """
    if output is None:
        typer.echo(text, nl=False)
    else:
        write(output, text)
