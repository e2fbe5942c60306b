"""The `arqctl cost` command."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from arqctl.core.assembly import read_assembly, select_stacks
from arqctl.core.cli_options import Environment, From, open_assembly
from arqctl.core.console import output_has_color, output_width
from arqctl.core.progress import progress
from arqctl.core.settings import Settings
from arqctl.core.synthesis import project_folder
from arqctl.cost.advice import advise as find_savings
from arqctl.cost.advice_report import render_advice, render_advice_json
from arqctl.cost.assumptions import assumptions_of
from arqctl.cost.assumptions_report import render_assumptions
from arqctl.cost.budget import compare_budgets, estimate_stacks
from arqctl.cost.json_report import render_json
from arqctl.cost.rightsizing import rightsize
from arqctl.cost.rightsizing.usage_file import read_usage
from arqctl.cost.text_report import render_text


class Format(StrEnum):
    """Output format."""

    TEXT = "text"
    JSON = "json"


def cost(
    environment: Environment,
    *,
    advise: Annotated[
        bool, typer.Option("--advise", help="Print possible savings with their trade-offs instead.")
    ] = False,
    assume: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Assume another usage, for example nat_gib=200. Repeatable."),
    ] = None,
    assumptions: Annotated[
        bool, typer.Option("--assumptions", help="Print the assumed usage with its reasons instead.")
    ] = False,
    usage: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="With --advise: measured use, for rightsizing. Repeatable."),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="Output format.")] = Format.TEXT,
    source: From = None,
) -> None:
    """Estimate the monthly cost of an environment in US dollars, from a dated table of list prices.

    Usage, such as traffic, requests and storage, is assumed. Resources without a price are listed. The budget
    of the account is compared with the estimate.

    Exit codes: 0 estimated, 2 invalid input, 1 internal error.

    Example: arqctl cost production --assume nat_gib=200
    """
    assumed = assumptions_of(environment).override(assume or ())
    measured = read_usage(usage or ())
    with progress() as on_progress, open_assembly(source, on_progress) as folder:
        stacks = select_stacks(read_assembly(folder), environment)
    width, color = output_width(), output_has_color()
    if assumptions:
        typer.echo(render_assumptions(assumed, width=width, color=color), nl=False)
        return
    if advise:
        is_protected = environment in Settings.load(project_folder()).protected
        savings = (
            *rightsize(stacks, assumed, measured),
            *find_savings(stacks, assumed, is_protected=is_protected),
        )
        if format_ is Format.JSON:
            typer.echo(render_advice_json(environment, savings), nl=False)
        else:
            typer.echo(render_advice(environment, savings, width=width, color=color), nl=False)
        return
    costs, budgets = estimate_stacks(stacks, assumed), tuple(compare_budgets(stacks, assumed))
    if format_ is Format.JSON:
        typer.echo(render_json(environment, costs, budgets, assumed), nl=False)
    else:
        typer.echo(render_text(environment, costs, budgets, width=width, color=color), nl=False)
