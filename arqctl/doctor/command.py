"""The command `arqctl doctor`."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from arqctl.core.assembly import Stack, read_assembly, select_stacks
from arqctl.core.aws_api import AwsApi
from arqctl.core.cli_options import From, open_assembly
from arqctl.core.console import output_width
from arqctl.core.errors import ExitCode, InputError, Problem
from arqctl.core.progress import progress
from arqctl.core.sanitize import sanitize
from arqctl.core.synthesis import find_project, synthesize
from arqctl.doctor.aws.all_checks import check_aws
from arqctl.doctor.aws.configuration import Configuration
from arqctl.doctor.aws.report import AwsReport
from arqctl.doctor.check import Check, Status
from arqctl.doctor.machine.checks import check_machine


class Format(StrEnum):
    """Formats of the report."""

    TEXT = "text"
    JSON = "json"


def doctor(
    environment: Annotated[
        str | None, typer.Argument(metavar="[ENV]", help="With --aws: see `arqctl environments`.")
    ] = None,
    *,
    aws: Annotated[
        bool, typer.Option("--aws", help="Check the AWS account of ENV. Calls read operations only.")
    ] = False,
    format_: Annotated[
        Format, typer.Option("--format", help="With --aws: format of the report.")
    ] = Format.TEXT,
    source: From = None,
) -> None:
    """Check the prerequisites on this machine or in AWS, and print the commands that fix them.

    With --aws, arqctl compares the account with the environment's configuration: account and regions, quotas,
    roles, state, hosted zone, account defaults. A check without an answer is unknown, so the account is not
    ready. Quotas must suffice after a failover to the standby, too; with --from, for the stacks as they are.

    Exit codes: 0 ready, 2 something is missing or unknown, 1 internal error.

    Example: arqctl doctor production --aws
    """
    if aws and environment:
        _check_environment(environment, format_, source)
        return
    if aws or environment or source or format_ is not Format.TEXT:
        fix = "Run `arqctl doctor` for this machine, or `arqctl doctor ENV --aws` for an account"
        raise InputError([Problem("arqctl doctor", "ENV and --aws require each other", fix)])
    found = check_machine()
    _print_machine(found)
    if any(check.status is Status.MISSING for check in found):
        raise typer.Exit(ExitCode.INVALID_INPUT)


def _check_environment(environment: str, format_: Format, source: Path | None) -> None:
    api = AwsApi.connect()
    with progress() as on_progress, open_assembly(source, on_progress, aws_stacks=[environment]) as outdir:
        stacks = select_stacks(read_assembly(outdir), environment)
        present = largest = Configuration(environment, stacks)
        if source is None and any(stack.name == f"{environment}-standby" for stack in stacks):
            on_progress("synthesizing the environment after a failover")
            largest = Configuration(environment, _stacks_after_failover(environment))
        found = check_aws(api, present, largest, on_progress)
    report = AwsReport(environment, tuple(map(sanitize, found)))
    typer.echo(report.as_json() if format_ is Format.JSON else report.as_text(output_width()), nl=False)
    if not report.is_ready:
        raise typer.Exit(ExitCode.INVALID_INPUT)


def _stacks_after_failover(environment: str) -> Sequence[Stack]:
    """Return the stacks with the standby in its size after a failover."""
    with TemporaryDirectory(prefix="arqctl-") as folder:
        assembly = synthesize(
            find_project(Path.cwd()), Path(folder), aws_stacks=[environment], promoted=environment
        )
        return select_stacks(assembly.stacks, environment)


def _print_machine(found: Sequence[Check]) -> None:
    table = Table(
        Column("check", no_wrap=True),
        Column("status", no_wrap=True),
        Column("found", overflow="fold"),
        Column("fix", overflow="fold"),
    )
    for check in found:
        table.add_row(check.name, check.status.value, check.found, check.fix)
    Console().print(table, markup=False)
