"""The `arqctl cost` command."""

from enum import StrEnum
from typing import Annotated

import typer

from arqctl.core.assembly import read_assembly, select_stacks
from arqctl.core.cli_options import Environment, From, open_assembly
from arqctl.core.console import output_has_color, output_width
from arqctl.core.progress import progress
from arqctl.cost.budget import estimate_stacks
from arqctl.cost.json_report import render_json
from arqctl.cost.text_report import render_text


class Format(StrEnum):
    """Output format."""

    TEXT = "text"
    JSON = "json"


def cost(
    environment: Environment,
    *,
    format_: Annotated[Format, typer.Option("--format", help="Output format.")] = Format.TEXT,
    source: From = None,
) -> None:
    """Estimate the monthly cost of an environment in US dollars, from a dated table of list prices.

    Resources without a price are listed. Usage, such as traffic, requests and storage, is not counted.

    Exit codes: 0 estimated, 2 invalid input, 1 internal error.

    Example: arqctl cost production --format json
    """
    with progress() as on_progress, open_assembly(source, on_progress) as folder:
        stacks = select_stacks(read_assembly(folder), environment)
    costs = estimate_stacks(stacks)
    if format_ is Format.JSON:
        typer.echo(render_json(environment, costs), nl=False)
    else:
        text = render_text(environment, costs, width=output_width(), color=output_has_color())
        typer.echo(text, nl=False)
