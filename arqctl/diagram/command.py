"""`arqctl diagram`."""

from enum import StrEnum
from typing import Annotated

import typer

from arqctl.core.assembly import Stack, read_assembly, stacks_of
from arqctl.core.cli_options import Environment, From, Output, assembly_of, put
from arqctl.core.progress import progress
from arqctl.diagram.chart import render_mermaid
from arqctl.diagram.overview import overview
from arqctl.diagram.svg import render_svg


class Format(StrEnum):
    """How the picture is written."""

    SVG = "svg"
    MERMAID = "mermaid"


def diagram(
    environment: Environment,
    *,
    format_: Annotated[Format, typer.Option("--format", help="How to write the picture.")] = Format.SVG,
    source: From = None,
    output: Output = None,
) -> None:
    """Draw an environment: its constructs, and who sends traffic to, has permissions on and refers to whom.

    Exit codes: 0 drawn, 2 wrong input, 1 a fault of arqctl.

    Example: arqctl diagram production --output docs/diagrams/production.svg
    """
    with progress() as tell, assembly_of(source, tell) as folder:
        stacks = stacks_of(read_assembly(folder), environment)
    put(draw(environment, stacks, format_), output)


def draw(environment: str, stacks: tuple[Stack, ...], format_: Format) -> str:
    """The picture of an environment's stacks, in the order in which they are given."""
    overviews = [overview(stack) for stack in stacks]
    return render_svg(environment, overviews) if format_ is Format.SVG else render_mermaid(overviews)
