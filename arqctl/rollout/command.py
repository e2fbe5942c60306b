"""The commands `arqctl rollout watch`, `check`, `record` and `last`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from arqctl.core.assembly import read_assembly, select_own_stacks, select_stacks
from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.core.cli_options import Environment, From, open_assembly
from arqctl.core.errors import ExitCode, InputError, Problem
from arqctl.core.progress import progress
from arqctl.core.sanitize import sanitize
from arqctl.rollout.alarms import Watched, watch_alarms
from arqctl.rollout.check import wait_until_ready
from arqctl.rollout.custom_objects import find_custom_objects
from arqctl.rollout.kubectl import read_path
from arqctl.rollout.record import Record

rollout = typer.Typer(
    name="rollout", help="Watch a deployment, and record which commit was deployed.", no_args_is_help=True
)
StackName = Annotated[str, typer.Argument(metavar="STACK", help="A stack, such as production-platform.")]
# The job fails, and the deployment stays.
_OTHER_ALARM: Final = 3


@rollout.command()
def watch(
    environment: Environment,
    *,
    since: Annotated[
        datetime,
        typer.Option(formats=["%Y-%m-%dT%H:%M:%SZ"], help="When the deployment began, in UTC."),
    ],
    minutes: Annotated[int, typer.Option(min=1, help="Minutes to watch.")] = 10,
    source: From = None,
) -> None:
    """Watch the environment's critical alarms, in all regions that have alarms. Fail if one lasts.

    An alarm about requests, targets or queues that begins exits with 4 at once: the deployment can be its
    cause. Each other critical alarm exits with 3 at the end, also if it began before the deployment. A failed
    query is not an alarm: it exits with 2.

    Exit codes: 0 no critical alarm, 4 one about requests began, 3 another one lasts, 2 invalid input or a
    failed query, 1 internal error.

    Example: arqctl rollout watch production --since 2026-11-29T12:00:00Z
    """
    with progress() as on_progress, open_assembly(source, on_progress) as outdir:
        watched = Watched.of(environment, select_stacks(read_assembly(outdir), environment))
    if not watched.regions:
        raise InputError([Problem(environment, "has no alarms", "Choose an environment with alarms")])
    with _aws_problems(environment):
        outcome = watch_alarms(AwsApi.connect(), watched, since=since.replace(tzinfo=UTC), minutes=minutes)
    _print_alarms("Critical alarms about requests after the deployment:", outcome.began)
    _print_alarms("Other critical alarms, for which nothing is rolled back:", outcome.others)
    if outcome.began:
        raise typer.Exit(ExitCode.VIOLATION)
    if outcome.others:
        raise typer.Exit(_OTHER_ALARM)
    typer.echo(f"No critical alarm of {environment} in {', '.join(watched.regions)}")


def _print_alarms(title: str, alarms: Sequence[str]) -> None:
    if alarms:
        typer.echo("\n".join([title, *map(sanitize, alarms)]))


@rollout.command()
def check(
    environment: Environment,
    *,
    minutes: Annotated[int, typer.Option(min=1, help="Minutes to wait.")] = 10,
    source: From = None,
) -> None:
    """Wait until what the cluster stack deployed works. Fail with the reasons if it does not.

    Helm and Terraform do not wait for custom resources. This checks the conditions of certificates, secret
    stores, nodes, gateways, routes and policies, and the rollout of the gateways' pods, in the cluster of
    kubectl's current context.

    Exit codes: 0 all is ready, 4 something is not, 2 invalid input, 1 internal error.

    Example: arqctl rollout check production
    """
    with progress() as on_progress, open_assembly(source, on_progress) as outdir:
        stacks = select_own_stacks(read_assembly(outdir), environment)
    objects = [each for stack in stacks for each in find_custom_objects(stack)]
    if not objects:
        fix = "Choose an environment with a cluster stack"
        raise InputError([Problem(environment, "has no custom resources", fix)])
    unready = wait_until_ready(
        read_path, objects, minutes=minutes, on_progress=lambda line: typer.echo(sanitize(line), err=True)
    )
    if unready:
        typer.echo("\n".join([f"Not ready in {environment}:", *map(sanitize, unready)]))
        raise typer.Exit(ExitCode.VIOLATION)
    typer.echo(f"All {len(objects)} custom resources of {environment} are ready")


@rollout.command()
def record(
    stack: StackName,
    *,
    commit: Annotated[str, typer.Option(metavar="HASH", help="The commit that was deployed.")],
    source: From = None,
) -> None:
    """Record the commit of a successful deployment, in an object beside the stack's state.

    Exit codes: 0 recorded, 2 invalid input or no permission, 1 internal error.

    Example: arqctl rollout record production-platform --commit 3f2a…
    """
    found = _find_record(stack, source)
    with _aws_problems(stack):
        found.write(AwsApi.connect(), commit)
    typer.echo(f"{stack}: deployed {commit}")


@rollout.command()
def last(stack: StackName, *, source: From = None) -> None:
    """Print the commit of the last successful deployment, and the day when it was recorded.

    Exit codes: 0 printed, 2 none is recorded, invalid input or no permission, 1 internal error.

    Example: arqctl rollout last production-platform
    """
    found = _find_record(stack, source)
    with _aws_problems(stack):
        recorded = found.read(AwsApi.connect())
    typer.echo(f"{recorded.commit} {recorded.day}")


def _find_record(stack: str, source: Path | None) -> Record:
    with progress() as on_progress, open_assembly(source, on_progress, aws_stacks=[stack]) as outdir:
        (selected,) = (each for each in select_stacks(read_assembly(outdir), stack) if each.name == stack)
        return Record.of(selected)


@contextmanager
def _aws_problems(where: str) -> Iterator[None]:
    try:
        yield
    except AwsError as error:
        fix = "Use credentials of the role ENV-delivery-cluster, and run the job again"
        raise InputError([Problem(where, f"AWS can't be asked: {error}", error.fix or fix)]) from error
