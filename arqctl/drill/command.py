"""The commands `arqctl drill alert`, `arqctl drill region` and `arqctl drill gameday`."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from arqctl.core.assembly import read_assembly, select_stacks
from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.core.cli_options import Environment, From, Output, open_assembly, write_output
from arqctl.core.errors import ExitCode, InputError, Problem
from arqctl.core.progress import progress
from arqctl.core.sanitize import sanitize
from arqctl.drill.execution import Machine, run_drill
from arqctl.drill.failover_timeline import Timeline, find_timeline
from arqctl.drill.game_day import clock, render_game_day

drill = typer.Typer(
    name="drill",
    help="Test that the engineer on call is paged, and plan failovers to another region.",
    no_args_is_help=True,
)


Minutes = Annotated[int, typer.Option(min=1, help="Minutes in which the failover must be complete.")]


@drill.command()
def alert(environment: Environment, *, source: From = None) -> None:
    """Page the engineer on call through the whole chain, and measure the time.

    A state machine in AWS writes a metric until the drill alarm pages, and reads when EventBridge has called
    PagerDuty. It runs each month too. Announce a drill: the page is real. It takes up to 20 minutes, because
    EventBridge publishes its metrics late. If you interrupt the command, the drill goes on.

    Exit codes: 0 paged within five minutes, 4 too late or no page, 2 invalid input, no credentials or a
    rejected call, 1 internal error.

    Example: arqctl drill alert production
    """
    with progress() as on_progress, open_assembly(source, on_progress, aws_stacks=[environment]) as outdir:
        machine = Machine.find(environment, select_stacks(read_assembly(outdir), environment))
    api = AwsApi.connect()
    try:
        arn = machine.arn(api, environment)
        result = run_drill(api, machine, arn, lambda line: typer.echo(sanitize(line), err=True))
    except AwsError as error:
        fix = (
            error.fix or "Use credentials that may start the state machine, and deploy the environment before"
        )
        raise InputError([Problem(environment, sanitize(str(error)), fix)]) from None
    if result.seconds is None:
        typer.echo(f"The drill of {environment} failed: {sanitize(result.reason)}. See docs/paging.md#drills")
        raise typer.Exit(ExitCode.VIOLATION)
    typer.echo(f"PagerDuty was called {result.seconds:.0f} seconds after the first datapoint")


@drill.command()
def region(
    environment: Environment,
    *,
    minutes: Minutes = 15,
    record: Annotated[
        Path | None, typer.Option(help="Append a record of the simulated drill to this JSON file.")
    ] = None,
    source: From = None,
) -> None:
    """Simulate the failover to the backup region with a clock, and report whether it fits into the minutes.

    The durations are the figures of the recovery objectives, each with its source. Nothing is run on AWS.
    The record has the field `simulated`: `arqctl recovery` does not count it as a drill.

    Exit codes: 0 complete in time, 4 too late, 2 invalid input or no standby, 1 internal error.

    Example: arqctl drill region production
    """
    with progress() as on_progress, open_assembly(source, on_progress) as outdir:
        timeline = find_timeline(environment, select_stacks(read_assembly(outdir), environment))
    typer.echo(f"{environment}, simulated: {sanitize(timeline.how)}")
    for step in timeline.steps:
        line = f"{clock(step.start)} to {clock(step.end)}  {step.title} ({step.kind}: {step.source})"
        typer.echo(sanitize(line))
    is_late = timeline.seconds > minutes * 60
    verdict = "is late by" if is_late else "leaves"
    typer.echo(
        f"{clock(timeline.seconds)} of {minutes}:00 minutes {verdict} "
        f"{clock(abs(minutes * 60 - timeline.seconds))}"
    )
    if record:
        _append(record, timeline)
    if is_late:
        raise typer.Exit(ExitCode.VIOLATION)


@drill.command()
def gameday(
    environment: Environment, *, minutes: Minutes = 15, source: From = None, output: Output = None
) -> None:
    """Print the document of a game day: hypothesis, steps, abort criteria, expected alarms and timeline.

    It has the names of this environment. Nothing is run.

    Exit codes: 0 done, 2 invalid input or no standby, 1 internal error.

    Example: arqctl drill gameday production
    """
    with progress() as on_progress, open_assembly(source, on_progress) as outdir:
        stacks = select_stacks(read_assembly(outdir), environment)
        timeline = find_timeline(environment, stacks)
        write_output(render_game_day(environment, stacks, timeline, budget=minutes * 60), output)


def _append(file: Path, timeline: Timeline) -> None:
    """Append a record to a list of records.

    Raises:
        InputError: if the file has no list.
    """
    try:
        records = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    except ValueError:
        records = None
    if not isinstance(records, list):
        raise InputError([Problem(str(file), "must be a JSON list", "Correct it, or use another file")])
    loss = timeline.loss_seconds
    records.append(
        {
            "part": "services",
            "loss": "region",
            "date": datetime.now(UTC).date().isoformat(),
            "rto_minutes": timeline.seconds / 60,
            "rpo_minutes": None if loss is None else loss / 60,
            "simulated": True,
        }
    )
    file.write_text(json.dumps(records, indent=2) + "\n", encoding="utf-8")
