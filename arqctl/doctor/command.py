"""The command `arqctl doctor`."""

import typer
from rich.console import Console
from rich.table import Column, Table

from arqctl.core.errors import ExitCode
from arqctl.doctor.check import Status
from arqctl.doctor.machine.checks import check_machine


def doctor() -> None:
    """Check the prerequisites on this machine, and print the commands that fix them.

    Exit codes: 0 nothing is missing, 2 something is missing, 1 internal error.

    Example: arqctl doctor
    """
    found = check_machine()
    table = Table(
        Column("check", no_wrap=True),
        Column("status", no_wrap=True),
        Column("found", overflow="fold"),
        Column("fix", overflow="fold"),
    )
    for check in found:
        table.add_row(check.name, check.status.value, check.found, check.fix)
    Console().print(table, markup=False)
    if any(check.status is Status.MISSING for check in found):
        raise typer.Exit(ExitCode.INVALID_INPUT)
