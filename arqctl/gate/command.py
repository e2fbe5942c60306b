"""`arqctl gate` and `arqctl accept`."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from arqctl.assembly import read_assembly
from arqctl.errors import ExitCode, InputError, Problem
from arqctl.files import write
from arqctl.gate.addresses import renew
from arqctl.gate.judge import judge
from arqctl.gate.junit import render_junit
from arqctl.gate.report import Report
from arqctl.gate.sarif import render_sarif
from arqctl.gate.snapshot import snapshot_text
from arqctl.gate.text import render_text
from arqctl.progress import progress
from arqctl.settings import Settings
from arqctl.synthesis import find_project, synthesized


class Format(StrEnum):
    """How the report is written."""

    TEXT = "text"
    JSON = "json"
    JUNIT = "junit"
    SARIF = "sarif"


_Environments = Annotated[
    list[str] | None, typer.Argument(metavar="[ENV]...", help="The environments to judge; all when left out.")
]
_From = Annotated[
    Path | None,
    typer.Option("--from", metavar="DIR", help="Take a folder that `cdktf synth` wrote; don't synthesize."),
]


def gate(
    environments: _Environments = None,
    *,
    format_: Annotated[Format, typer.Option("--format", help="How to write the report.")] = Format.TEXT,
    source: _From = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report there, not to standard output.")
    ] = None,
) -> None:
    """Judge what the project synthesizes: Checkov's rules, your own, waivers, snapshots and addresses.

    Exit codes: 0 pass, 4 violated, 2 wrong input, 1 a fault of arqctl.

    Example: arqctl gate production --format sarif --output gate.sarif
    """
    settings = _settings(source)
    with _assembly(source, settings) as (outdir, tell):
        report = judge(outdir, settings=settings, environments=environments or None, progress=tell)
    _write(_render(report, format_, to_terminal=output is None), output)
    raise typer.Exit(ExitCode.PASS if report.verdict == "pass" else ExitCode.VIOLATED)


def accept(*, source: _From = None) -> None:
    """Accept what the project synthesizes: write its snapshots and lists of addresses anew.

    A stateful address that vanished stays on its list, and the gate goes on failing, until its construct
    calls `move_from_id` or you delete the line.

    Exit codes: 0 accepted, 4 such an address was kept, 2 wrong input, 1 a fault of arqctl.

    Example: arqctl accept --from cdktf.out
    """
    settings = _settings(source)
    with _assembly(source, settings) as (outdir, _):
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


def _settings(source: Path | None) -> Settings:
    here = Path.cwd()
    if source is None:
        return Settings.load(find_project(here))
    tops = (folder for folder in (here, *here.parents) if (folder / "cdktf.json").is_file())
    return Settings.load(next(tops, here))


@contextmanager
def _assembly(source: Path | None, settings: Settings) -> Iterator[tuple[Path, Callable[[str], None]]]:
    """Give a synthesized folder, and a way to tell a person who waits what is going on."""
    with progress() as tell:
        if source is not None:
            yield source, tell
            return
        tell("synthesizing")
        with synthesized(settings.root) as outdir:
            yield outdir, tell


def _render(report: Report, format_: Format, *, to_terminal: bool) -> str:
    if format_ is Format.TEXT:
        color = to_terminal and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        return render_text(report, width=Console().width if color else 80, color=color)
    renderers = {Format.JSON: Report.to_json, Format.JUNIT: render_junit, Format.SARIF: render_sarif}
    return renderers[format_](report)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        typer.echo(text, nl=False)
    else:
        write(output, text)
