"""`arqctl environments`: lists the environments of a project, their clusters, or their delivery roles."""

import json
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated

import typer

from arqctl.core.assembly import Stack, read_assembly
from arqctl.core.cli_options import From, open_assembly
from arqctl.core.default_provider import default_region, only_account
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import as_text
from arqctl.core.progress import progress
from arqctl.core.settings import Settings
from arqctl.core.synthesis import project_folder


class Format(StrEnum):
    """Formats of the list."""

    TEXT = "text"
    JSON = "json"


def environments(
    *,
    format_: Annotated[Format, typer.Option("--format", help="Format of the list.")] = Format.TEXT,
    protected: Annotated[
        bool | None,
        typer.Option("--protected/--unprotected", help="Only protected or unprotected environments."),
    ] = None,
    role: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Print the ARN of the role ENV-delivery-NAME for each environment, for example of `deploy`.",
        ),
    ] = None,
    clusters: Annotated[
        bool,
        typer.Option(
            "--clusters",
            help="Print the clusters instead: environment, stack and region of each, standbys after their "
            "environments.",
        ),
    ] = False,
    source: From = None,
) -> None:
    """List the environments of the project, for example for the matrix of a pipeline.

    With --clusters, JSON is a list of objects with `environment`, `cluster` and `region`. With --role, JSON
    is an object with the ARN of each environment's role. A pipeline assumes that role.

    Exit codes: 0 done, 2 invalid input, 1 internal error.

    Example: arqctl environments --format json
    """
    with progress() as on_progress, open_assembly(source, on_progress) as outdir:
        stacks = read_assembly(outdir)
    settings = Settings.load(project_folder())
    names = sorted({stack.environment for stack in stacks} - {*settings.shared})
    if protected is not None:
        names = [name for name in names if (name in settings.protected) is protected]
    if clusters:
        if role is not None:
            raise InputError([Problem("--clusters", "excludes --role", "Use one of them")])
        found = [each for each in _clusters(stacks) if each["environment"] in names]
        rows = [" ".join(each.values()) for each in found]
        typer.echo(json.dumps(found) if format_ is Format.JSON else "\n".join(rows))
    elif role is None:
        typer.echo(json.dumps(names) if format_ is Format.JSON else "\n".join(names))
    else:
        arns = _role_arns(stacks, names, role)
        lines = [f"{name} {arn}" for name, arn in arns.items()]
        typer.echo(json.dumps(arns) if format_ is Format.JSON else "\n".join(lines))


def _clusters(stacks: Sequence[Stack]) -> list[dict[str, str]]:
    """Return the clusters: the environment, the name of the stack that makes each one, and its region."""
    found = [
        {"environment": stack.environment, "cluster": stack.name, "region": default_region(stack)}
        for stack in stacks
        if any(block.type == "aws_eks_cluster" for block in stack.resources)
    ]
    return sorted(found, key=lambda each: each["cluster"])


def _role_arns(stacks: Sequence[Stack], environments: Iterable[str], role: str) -> dict[str, str]:
    """Return the ARN of each environment's delivery role, which a stack with a fixed account creates.

    Raises:
        InputError: for each environment without the role.
    """
    found = {name: _role_arn(stacks, name, f"{name}-delivery-{role}") for name in environments}
    fix = "Create it in the account stack, or correct --role"
    problems = [
        Problem(name, f"no stack creates the role {name}-delivery-{role}", fix)
        for name, arn in found.items()
        if arn is None
    ]
    if problems:
        raise InputError(problems)
    return {name: arn for name, arn in found.items() if arn is not None}


def _role_arn(stacks: Sequence[Stack], environment: str, name: str) -> str | None:
    for stack in stacks:
        for block in stack.resources:
            is_role = block.type == "aws_iam_role" and block.body.get("name") == name
            if stack.environment == environment and is_role:
                path = as_text(block.body.get("path")) or "/"
                partition = _partition(default_region(stack))
                return f"arn:{partition}:iam::{only_account(stack)}:role{path}{name}"
    return None


def _partition(region: str) -> str:
    """Return the partition of a region.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    partitions = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
    return next((name for prefix, name in partitions.items() if region.startswith(prefix)), "aws")
