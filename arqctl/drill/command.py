"""The command `arqctl drill alert`."""

import typer

from arqctl.core.assembly import read_assembly, select_stacks
from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.core.cli_options import Environment, From, open_assembly
from arqctl.core.errors import ExitCode, InputError, Problem
from arqctl.core.progress import progress
from arqctl.core.sanitize import sanitize
from arqctl.drill.execution import Machine, run_drill

drill = typer.Typer(name="drill", help="Test that the engineer on call is paged.", no_args_is_help=True)


@drill.callback()
def _group() -> None:
    """Keep `alert` a subcommand: Typer merges a single command with its group."""


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
