"""The command `arqctl refresh`, and the instance refreshes of a deployment."""

from collections.abc import Sequence
from pathlib import Path

import typer

from arqctl.core.assembly import Stack
from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.core.cli_options import Environment
from arqctl.core.errors import ExitCode
from arqctl.core.json_access import as_object
from arqctl.core.sanitize import sanitize
from arqctl.core.synthesis import find_project
from arqctl.core.terraform_cli import find_terraform
from arqctl.deploy.instance_refresh import OUTPUT_PREFIX, GroupRefresh, RefreshFailedError, read_requests
from arqctl.deploy.progress_output import print_step, timed_step
from arqctl.deploy.workdir_lock import exclusive_lock
from arqctl.terraform.errors import exit_on_refusal
from arqctl.terraform.stacks import StackWorkdir, initialized_workdirs, select_for_target
from arqctl.terraform.target import aws


def refresh(environment: Environment) -> None:
    """Replace instances of fleets that don't have the deployed configuration, and wait for it.

    `arqctl deploy` does it after the apply. Run this command after `cdktf deploy`, after an interrupted
    deployment, or to repeat a refresh that failed. A running refresh is waited for.

    Exit codes: 0 all instances have the configuration, 4 a refresh failed or rolled back, 2 invalid input,
    1 internal error.

    Example: arqctl refresh production
    """
    binary, root = find_terraform(), find_project(Path.cwd())
    target = aws(root)
    with exclusive_lock(target.assembly_dir), exit_on_refusal(target):
        with timed_step(environment, "synthesize"):
            assembly = target.synthesize(root, [environment])
            stacks = select_for_target(target, assembly, [environment])
        api = connect_for_refreshes(stacks)
        if api is None:
            typer.echo(f"{environment} has no fleet")
            return
        with initialized_workdirs(target, binary, stacks) as workdirs:
            refresh_instances(environment, workdirs, api)


def connect_for_refreshes(stacks: Sequence[Stack]) -> AwsApi | None:
    """Return AWS's API if a stack has a fleet. Call it before the apply.

    Raises:
        InputError: when the extra is not installed, or there are no credentials.
    """
    return AwsApi.connect() if _fleets(stacks) else None


def refresh_instances(environment: str, workdirs: Sequence[StackWorkdir], api: AwsApi) -> None:
    """Refresh the fleets of all stacks, one after the other.

    Raises:
        typer.Exit: with 4 when a refresh does not succeed or AWS rejects a call.
    """
    again = f"`arqctl refresh {environment}`"
    for workdir in workdirs:
        for request in read_requests(workdir.terraform.outputs()):
            try:
                with timed_step(request.group, "refresh") as (on_result, on_progress):
                    on_result(f"{request.group}: {GroupRefresh(api, request).run(on_progress)}")
            except KeyboardInterrupt:
                typer.echo(f"The refresh of {request.group} continues in AWS. Wait for it: {again}", err=True)
                raise
            except (RefreshFailedError, AwsError) as error:
                typer.echo(f"{sanitize(str(error))}.\nCorrect the cause and repeat it: {again}", err=True)
                raise typer.Exit(ExitCode.VIOLATION) from error


def skip_refreshes(stacks: Sequence[Stack]) -> None:
    """Print that the fleets of the stacks keep their instances: offline AWS has none."""
    for name in _fleets(stacks):
        print_step("refresh", f"{name}: offline AWS has no instances")


def _fleets(stacks: Sequence[Stack]) -> list[str]:
    """Return the names of the fleets whose refresh an output of a stack requests."""
    outputs = (name for stack in stacks for name in as_object(stack.document.get("output")))
    return [name.removeprefix(OUTPUT_PREFIX) for name in outputs if name.startswith(OUTPUT_PREFIX)]
