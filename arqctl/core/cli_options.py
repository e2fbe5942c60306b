"""Command line options that several commands share."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from arqctl.core.atomic_files import write
from arqctl.core.progress import ProgressCallback
from arqctl.core.synthesis import find_project, temporary_assembly

Environment = Annotated[str, typer.Argument(metavar="ENV", help="See `arqctl environments`.")]
From = Annotated[
    Path | None,
    typer.Option(
        "--from", metavar="DIR", help="Read this folder, written by `cdktf synth`; don't synthesize."
    ),
]
Output = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write to this file instead of standard output.")
]


@contextmanager
def open_assembly(
    source: Path | None, on_progress: ProgressCallback, *, aws_stacks: Sequence[str] = ()
) -> Iterator[Path]:
    """Yield the folder of `--from`, or a temporary folder with the current project's assembly.

    `aws_stacks` are the stacks for which the caller uses AWS.

    Raises:
        InputError: if there is no project here, or it fails to synthesize.
    """
    if source is not None:
        yield source
        return
    on_progress("synthesizing")
    with temporary_assembly(find_project(Path.cwd()), aws_stacks=aws_stacks) as assembly:
        yield assembly.folder


def write_output(text: str, output: Path | None) -> None:
    """Write a text to the file of `--output`, or to standard output.

    Raises:
        InputError: if the file cannot be written.
    """
    if output is None:
        typer.echo(text, nl=False)
    else:
        write(output, text)
