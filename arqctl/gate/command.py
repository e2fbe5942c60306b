"""`arqctl gate` and `arqctl accept`."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from arqctl.core.assembly import read_assembly
from arqctl.core.atomic_files import write
from arqctl.core.cli_options import From, Output, assembly_of, put
from arqctl.core.console import output_has_color, output_width
from arqctl.core.errors import ExitCode, InputError, Problem
from arqctl.core.progress import progress
from arqctl.core.settings import Settings
from arqctl.core.synthesis import project_folder
from arqctl.gate.addresses import renew
from arqctl.gate.judge import judge
from arqctl.gate.junit import render_junit
from arqctl.gate.report import Report
from arqctl.gate.sarif import render_sarif
from arqctl.gate.snapshot import snapshot_text
from arqctl.gate.text import render_text


class Format(StrEnum):
    """How the report is written."""

    TEXT = "text"
    JSON = "json"
    JUNIT = "junit"
    SARIF = "sarif"


_Environments = Annotated[
    list[str] | None, typer.Argument(metavar="ENV", help="The environments to judge; all when left out.")
]


def gate(
    environments: _Environments = None,
    *,
    format_: Annotated[Format, typer.Option("--format", help="How to write the report.")] = Format.TEXT,
    source: From = None,
    output: Output = None,
) -> None:
    """Judge what the project synthesizes: Checkov's rules, your own, waivers, snapshots and addresses.

    Exit codes: 0 pass, 4 violated, 2 wrong input, 1 a fault of arqctl.

    Example: arqctl gate production --format sarif --output gate.sarif
    """
    settings = Settings.load(project_folder())
    with progress() as tell, assembly_of(source, tell) as outdir:
        report = judge(outdir, settings=settings, environments=environments or None, progress=tell)
    put(_render(report, format_, output), output)
    raise typer.Exit(ExitCode.PASS if report.verdict == "pass" else ExitCode.VIOLATED)


def accept(*, source: From = None) -> None:
    """Accept what the project synthesizes: write its snapshots and lists of addresses anew.

    A stateful address that vanished stays on its list, and the gate goes on failing, until its construct
    calls `move_from_id` or you delete the line.

    Exit codes: 0 accepted, 4 such an address was kept, 2 wrong input, 1 a fault of arqctl.

    Example: arqctl accept --from cdktf.out
    """
    settings = Settings.load(project_folder())
    with progress() as tell, assembly_of(source, tell) as outdir:
        stacks = read_assembly(outdir)
    faults = [Problem(str(each.file), each.fault, "Mend the app") for each in stacks if each.fault]
    if faults:
        raise InputError(faults)
    kept: list[str] = []
    for stack in stacks:
        write(settings.snapshots / f"{stack.name}.json", snapshot_text(stack.text))
        renewal = renew(stack, settings.addresses)
        typer.echo(f"{stack.name}: {len(renewal.added)} addresses added, {len(renewal.dropped)} dropped")
        kept += [f"{renewal.file}: {address}" for address in renewal.kept]
    for line in kept:
        typer.echo(f"Kept, though it vanished and holds state: {line}", err=True)
    raise typer.Exit(ExitCode.VIOLATED if kept else ExitCode.PASS)


def _render(report: Report, format_: Format, output: Path | None) -> str:
    if format_ is Format.TEXT and output is None:
        return render_text(report, width=output_width(), color=output_has_color())
    renderers: dict[Format, Callable[[Report], str]] = {
        Format.TEXT: render_text,
        Format.JSON: Report.to_json,
        Format.JUNIT: render_junit,
        Format.SARIF: render_sarif,
    }
    return renderers[format_](report)
