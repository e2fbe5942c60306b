"""The commands `arqctl drill alert`, `arqctl drill region` and `arqctl drill gameday`."""

import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from arqctl.core.assembly import Assembly, read_assembly, select_stacks
from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.core.cli_options import Environment, From, Output, open_assembly, write_output
from arqctl.core.errors import ExitCode, InputError, Problem
from arqctl.core.progress import ProgressCallback, progress
from arqctl.core.sanitize import sanitize
from arqctl.core.synthesis import find_project, synthesize
from arqctl.core.terraform_cli import TerraformError
from arqctl.drill.execution import Machine, run_drill
from arqctl.drill.failback_order import run_failback
from arqctl.drill.failover_order import OrderStep, run_failover
from arqctl.drill.failover_timeline import Timeline, find_timeline
from arqctl.drill.game_day import render_game_day
from arqctl.drill.region_report import render_region

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
    offline: Annotated[
        bool, typer.Option("--offline", help="Run the whole order on offline AWS too (simulated).")
    ] = False,
    minutes: Minutes = 15,
    record: Annotated[
        Path | None, typer.Option(help="Append a record of the simulated drill to this JSON file.")
    ] = None,
    source: From = None,
) -> None:
    """Simulate the failover to the backup region with a clock, and report whether it fits into the minutes.

    The durations are the figures of the recovery objectives, each with its source. Nothing is run on AWS.
    Each step has a budget, and the sums of people and of the technical order are apart. `--offline` runs the
    order too, in a new simulated account. It deploys the standby that waits, and promotes its database as
    the state machine does. Then it deploys what `promoted=True` changes, and plans again. At last it deletes
    the database as the fail-back does, deploys the standby that waits, and plans again.
    The record has the field `simulated`: `arqctl recovery` does not count it as a drill.

    Exit codes: 0 complete in time, 4 too late, or the order has a problem, 2 invalid input or no standby,
    1 internal error.

    Example: arqctl drill region production --offline
    """
    if offline and source:
        fix = "Leave out --from: the environment is synthesized before and after the failover"
        raise InputError([Problem("--offline", "does not read a synthesized folder", fix)])
    with progress() as on_progress, open_assembly(source, on_progress) as outdir:
        stacks = read_assembly(outdir)
        timeline = find_timeline(environment, select_stacks(stacks, environment))
        steps = _run_offline(environment, Assembly(outdir, stacks), on_progress) if offline else ()
    for line in render_region(environment, timeline, steps, limit=minutes * 60):
        typer.echo(sanitize(line))
    if record:
        _append(record, timeline)
    if timeline.seconds > minutes * 60 or any(step.problem for step in steps):
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


def _run_offline(environment: str, waiting: Assembly, on_progress: ProgressCallback) -> tuple[OrderStep, ...]:
    """Synthesize the environment after the failover, and run the order in a temporary simulated account.

    Raises:
        InputError: if the environment has no standby, or Terraform fails.
    """
    with TemporaryDirectory(prefix="arqctl-") as folder:
        on_progress("synthesizing the environment after the failover")
        promoted = synthesize(find_project(Path.cwd()), Path(folder, "promoted"), promoted=environment)
        try:
            account = Path(folder, "account")
            there = run_failover(environment, waiting, promoted, account, on_progress)
            return (*there, *run_failback(environment, waiting, account, on_progress))
        except TerraformError as error:
            what, fix = f"can't fail over and back on offline AWS:\n{error}", "Correct its stacks"
            raise InputError([Problem(environment, what, fix)]) from error


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
