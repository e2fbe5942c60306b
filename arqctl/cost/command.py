"""`arqctl cost`: what an environment costs a month, by construct."""

from enum import StrEnum
from typing import Annotated

import typer

from arqctl.core.assembly import read_assembly, stacks_of
from arqctl.core.cli_options import Environment, From, assembly_of
from arqctl.core.console import output_has_color, output_width
from arqctl.core.progress import progress
from arqctl.cost.document import render_json
from arqctl.cost.estimate import estimate, together
from arqctl.cost.stack import resources_of
from arqctl.cost.text import render_text


class Format(StrEnum):
    """How the estimate is written."""

    TEXT = "text"
    JSON = "json"


def cost(
    environment: Environment,
    *,
    format_: Annotated[Format, typer.Option("--format", help="How to write the estimate.")] = Format.TEXT,
    source: From = None,
) -> None:
    """Estimate what an environment costs a month, in US dollars, from a dated table of list prices.

    What has no price is listed, not counted as nothing; traffic, requests and data kept are not counted.

    Exit codes: 0 estimated, 2 wrong input, 1 a fault of arqctl.

    Example: arqctl cost production --format json
    """
    with progress() as tell, assembly_of(source, tell) as folder:
        stacks = stacks_of(read_assembly(folder), environment)
    told = together(estimate(resources_of(stack)) for stack in stacks)
    if format_ is Format.JSON:
        typer.echo(render_json(environment, told), nl=False)
    else:
        text = render_text(environment, told, width=output_width(), color=output_has_color())
        typer.echo(text, nl=False)
