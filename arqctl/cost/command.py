"""`arqctl cost`: what an environment costs a month, by construct."""

import os
import sys
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from arqctl.assembly import read_assembly, stacks_of
from arqctl.cost.document import render_json
from arqctl.cost.estimate import estimate, together
from arqctl.cost.stack import resources_of
from arqctl.cost.text import render_text
from arqctl.synthesis import find_project, synthesized


class Format(StrEnum):
    """How the estimate is written."""

    TEXT = "text"
    JSON = "json"


def cost(
    environment: Annotated[
        str, typer.Argument(metavar="ENV", help="The environment: dev, staging, production.")
    ],
    *,
    format_: Annotated[Format, typer.Option("--format", help="How to write the estimate.")] = Format.TEXT,
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="DIR", help="Take what `cdktf synth` wrote; don't synthesize."),
    ] = None,
) -> None:
    """Estimate what an environment costs a month, in US dollars, from a dated table of list prices.

    What has no price is listed, not counted as nothing; traffic, requests and data kept are not counted.

    Exit codes: 0 estimated, 2 wrong input, 1 a fault of arqctl.

    Example: arqctl cost production --format json
    """
    with nullcontext(source) if source else synthesized(find_project(Path.cwd())) as folder:
        stacks = stacks_of(environment, read_assembly(folder))
    told = together(estimate(resources_of(stack)) for stack in stacks)
    if format_ is Format.JSON:
        typer.echo(render_json(environment, told), nl=False)
        return
    color = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    typer.echo(render_text(environment, told, width=Console().width if color else 80, color=color), nl=False)
