"""The command `arqctl slo`."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from arqctl.core.assembly import read_assembly, select_stacks
from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.core.cli_options import Environment, From, Output, open_assembly, write_output
from arqctl.core.console import output_has_color, output_width
from arqctl.core.errors import ExitCode, InputError, Problem
from arqctl.core.progress import progress
from arqctl.core.sanitize import sanitize
from arqctl.slo import cloudwatch
from arqctl.slo.measurement import NO_DATA, Budget
from arqctl.slo.measurements_file import read_measurements
from arqctl.slo.objective import CLOUDWATCH, PROMETHEUS, Objective, find_objectives
from arqctl.slo.prometheus import Prometheus
from arqctl.slo.report import render_json, render_markdown, render_text

# An unknown budget may be used up.
_NOT_MEASURED: Final = 3
_WIDTH: Final = 110


class Format(StrEnum):
    """Formats of the report."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def slo(
    environment: Environment,
    *,
    prometheus: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Prometheus of the cluster, for example behind a port-forward."),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Read measurements from this JSON file; query nothing."),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="Format of the report.")] = Format.TEXT,
    output: Output = None,
    source: From = None,
) -> None:
    """Report the error budget of each objective: what is left, and when it is used up at the current rate.

    Objectives of services come from Prometheus, those of the site from CloudWatch. An objective without data
    is reported, and is never counted as met.

    Exit codes: 0 all budgets last, 4 a budget is used up, 3 an objective is not measured, 2 invalid input or
    a failed query, 1 internal error.

    Example: arqctl slo production --prometheus http://localhost:9090
    """
    with progress() as on_progress, open_assembly(source, on_progress) as outdir:
        objectives = find_objectives(environment, select_stacks(read_assembly(outdir), environment))
    if data is not None:
        measured = read_measurements(data, objectives)
        budgets = [Budget(objective=each, measurement=measured[each.name]) for each in objectives]
    else:
        budgets = sorted(
            [*_from_prometheus(objectives, prometheus), *_from_cloudwatch(objectives)],
            key=lambda each: each.objective.name,
        )
    write_output(_render(format_, environment, budgets), output)
    if any(each.is_used_up for each in budgets):
        raise typer.Exit(ExitCode.VIOLATION)
    if not all(each.is_measured for each in budgets):
        raise typer.Exit(_NOT_MEASURED)


def _from_prometheus(objectives: Sequence[Objective], url: str | None) -> Iterator[Budget]:
    server = None if url is None else Prometheus(url)
    for each in objectives:
        if each.source == PROMETHEUS:
            measurement = NO_DATA if server is None else server.measure(each)
            yield Budget(objective=each, measurement=measurement)


def _from_cloudwatch(objectives: Sequence[Objective]) -> Iterator[Budget]:
    own = [each for each in objectives if each.source == CLOUDWATCH]
    if not own:
        return
    api, now = AwsApi.connect(), datetime.now(UTC)
    try:
        for each in own:
            yield Budget(objective=each, measurement=cloudwatch.measure(api, each, now=now))
    except AwsError as error:
        fix = error.fix or "Use a role that may read CloudWatch"
        raise InputError([Problem("CloudWatch", sanitize(str(error)), fix)]) from error


def _render(format_: Format, environment: str, budgets: Sequence[Budget]) -> str:
    if format_ is Format.JSON:
        return render_json(environment, budgets)
    if format_ is Format.MARKDOWN:
        return render_markdown(environment, budgets)
    return render_text(environment, budgets, width=output_width(default=_WIDTH), color=output_has_color())
