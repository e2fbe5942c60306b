"""`arqctl diagram`."""

from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from arqctl.assembly import Stack, read_assembly, stacks_of
from arqctl.diagram.chart import render_mermaid
from arqctl.diagram.overview import overview
from arqctl.diagram.svg import render_svg
from arqctl.files import write
from arqctl.synthesis import find_project, synthesized


class Format(StrEnum):
    """How the picture is written."""

    SVG = "svg"
    MERMAID = "mermaid"


def diagram(
    environment: Annotated[
        str, typer.Argument(metavar="ENV", help="The environment: dev, staging, production.")
    ],
    *,
    format_: Annotated[Format, typer.Option("--format", help="How to write the picture.")] = Format.SVG,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="DIR", help="Take a folder that `cdktf synth` wrote; don't synthesize."
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the picture there, not to standard output.")
    ] = None,
) -> None:
    """Draw an environment: its constructs, and who sends traffic to, has permissions on and refers to whom.

    Exit codes: 0 drawn, 2 wrong input, 1 a fault of arqctl.

    Example: arqctl diagram production --output docs/diagrams/production.svg
    """
    with nullcontext(source) if source else synthesized(find_project(Path.cwd())) as folder:
        stacks = stacks_of(environment, read_assembly(folder))
    text = draw(environment, stacks, format_)
    if output is None:
        typer.echo(text, nl=False)
    else:
        write(output, text)


def draw(environment: str, stacks: tuple[Stack, ...], format_: Format) -> str:
    """The picture of an environment's stacks, in the order in which they are given."""
    overviews = [overview(stack) for stack in stacks]
    return render_svg(environment, overviews) if format_ is Format.SVG else render_mermaid(overviews)
