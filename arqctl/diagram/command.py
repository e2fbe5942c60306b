"""The `arqctl diagram` command."""

from enum import StrEnum
from typing import Annotated

import typer

from arqctl.core.assembly import Stack, read_assembly, select_stacks
from arqctl.core.cli_options import Environment, From, Output, open_assembly, write_output
from arqctl.core.progress import progress
from arqctl.diagram.overview import summarize_stack
from arqctl.diagram.overview_mermaid import render_mermaid
from arqctl.diagram.overview_svg import render_svg


class Format(StrEnum):
    """Output format."""

    SVG = "svg"
    MERMAID = "mermaid"


def diagram(
    environment: Environment,
    *,
    format_: Annotated[Format, typer.Option("--format", help="Output format.")] = Format.SVG,
    source: From = None,
    output: Output = None,
) -> None:
    """Draw the constructs of an environment, with the traffic, permissions and references between them.

    Exit codes: 0 drawn, 2 invalid input, 1 internal error.

    Example: arqctl diagram production --output docs/diagrams/production.svg
    """
    with progress() as on_progress, open_assembly(source, on_progress) as folder:
        stacks = select_stacks(read_assembly(folder), environment)
    write_output(draw(environment, stacks, format_), output)


def draw(environment: str, stacks: tuple[Stack, ...], format_: Format) -> str:
    """Render the diagram of an environment's stacks in the given order."""
    overviews = [summarize_stack(stack) for stack in stacks]
    return render_svg(environment, overviews) if format_ is Format.SVG else render_mermaid(overviews)
