"""The command `arqctl untaint`."""

from pathlib import Path
from typing import Annotated

import typer

from arqctl.core.cli_options import Environment
from arqctl.core.errors import InputError, Problem
from arqctl.core.synthesis import find_project, synthesize
from arqctl.core.terraform_cli import find_terraform
from arqctl.deploy.confirmation import require_terminal
from arqctl.deploy.deploy_target import Offline, deploy_target
from arqctl.deploy.progress_output import timed_step
from arqctl.deploy.workdir_lock import exclusive_lock
from arqctl.terraform.errors import RefusedError, exit_on_refusal
from arqctl.terraform.stacks import initialized_workdirs, select_for_target
from arqctl.terraform.tainted import TaintedResource, find_tainted


def untaint(
    environment: Environment,
    address: Annotated[str, typer.Argument(help="The resource's address in Terraform.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Remove the mark without a prompt.")] = False,
    offline: Offline = False,
) -> None:
    """Keep a resource whose creation failed: remove Terraform's mark, so that no plan replaces it.

    Use it if a failed deployment lists the resource and its check succeeds. Only the state changes. The next
    plan shows the arguments that the creation did not set.

    Exit codes: 0 removed, 4 refused, 2 invalid input, 1 internal error.

    Example: arqctl untaint production aws_kms_key.database_key
    """
    if not (yes or offline):
        require_terminal("arqctl untaint")
    binary, root = find_terraform(), find_project(Path.cwd())
    target = deploy_target(root, binary, offline=offline)
    with exclusive_lock(target.assembly_dir), exit_on_refusal(target):
        with timed_step(environment, "synthesize"):
            assembly = synthesize(root, target.assembly_dir)
            stacks = select_for_target(target, assembly, [environment])
        with initialized_workdirs(target, binary, stacks) as workdirs:
            tainted = {
                each.address: (each, workdir)
                for workdir in reversed(workdirs)
                for each in find_tainted(workdir)
            }
            if address not in tainted:
                raise InputError([_unknown(address, environment, sorted(tainted))])
            resource, workdir = tainted[address]
            if not (yes or offline):
                _ask(resource)
            workdir.terraform.untaint(address)
    typer.echo(f"{address} is kept. Plan again: `arqctl plan {environment}`")


def _ask(resource: TaintedResource) -> None:
    typer.echo(resource.check)
    if not typer.confirm(f"Is {resource.address} healthy, so that Terraform keeps it?"):
        raise RefusedError("you did not confirm it, so the mark stays")


def _unknown(address: str, environment: str, tainted: list[str]) -> Problem:
    fix = f"Choose from {', '.join(tainted)}" if tainted else "Nothing is tainted: plan again"
    return Problem(address, f"is not tainted in the state of {environment}", fix)
