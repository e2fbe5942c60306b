"""`arqctl environments`: lists the environments of a project, or the roles that deliver them."""

import json
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated

import typer

from arqctl.core.assembly import Stack, read_assembly
from arqctl.core.cli_options import From, open_assembly
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import as_list, as_object, as_text
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
    source: From = None,
) -> None:
    """List the environments of the project, for example for the matrix of a pipeline.

    With --role, JSON is an object with the ARN of each environment's role. A pipeline assumes that role.

    Exit codes: 0 done, 2 invalid input, 1 internal error.

    Example: arqctl environments --format json
    """
    with progress() as on_progress, open_assembly(source, on_progress) as outdir:
        stacks = read_assembly(outdir)
    names = sorted({stack.environment for stack in stacks})
    if protected is not None:
        settings = Settings.load(project_folder())
        names = [name for name in names if (name in settings.protected) is protected]
    if role is None:
        typer.echo(json.dumps(names) if format_ is Format.JSON else "\n".join(names))
    else:
        arns = _role_arns(stacks, names, role)
        lines = [f"{name} {arn}" for name, arn in arns.items()]
        typer.echo(json.dumps(arns) if format_ is Format.JSON else "\n".join(lines))


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
                region, account = _region_and_account(stack)
                path = as_text(block.body.get("path")) or "/"
                return f"arn:{_partition(region)}:iam::{account}:role{path}{name}"
    return None


def _region_and_account(stack: Stack) -> tuple[str, str]:
    """Return the region and the only account of the stack's default provider."""
    providers = as_list(as_object(stack.document.get("provider")).get("aws"))
    default = next((each for each in map(as_object, providers) if "alias" not in each), {})
    accounts = as_list(default.get("allowed_account_ids"))
    if len(accounts) != 1:
        what = f"must allow one account, got {len(accounts)}"
        raise InputError([Problem(f"{stack.name} provider aws", what, "Set allowed_account_ids")])
    return as_text(default.get("region")), as_text(accounts[0])


def _partition(region: str) -> str:
    """Return the partition of a region.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    partitions = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
    return next((name for prefix, name in partitions.items() if region.startswith(prefix)), "aws")
