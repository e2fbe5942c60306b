"""`arqctl gate` and `arqctl snapshot update`."""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from arqctl.core.assembly import read_assembly
from arqctl.core.atomic_files import write
from arqctl.core.cli_options import From, open_assembly, write_output
from arqctl.core.console import output_has_color, output_width
from arqctl.core.errors import ExitCode, InputError, Problem
from arqctl.core.progress import progress
from arqctl.core.settings import Settings
from arqctl.core.synthesis import project_folder
from arqctl.gate.addresses import update_addresses
from arqctl.gate.evaluation import evaluate
from arqctl.gate.junit import render_junit
from arqctl.gate.report import Report
from arqctl.gate.sarif import render_sarif
from arqctl.gate.snapshot import snapshot_text
from arqctl.gate.text import render_text, render_waivers

snapshot = typer.Typer(
    name="snapshot",
    help="Manage the committed snapshots and address lists.\n\nExample: arqctl snapshot update",
    no_args_is_help=True,
)


class Format(StrEnum):
    """Formats of the report."""

    TEXT = "text"
    JSON = "json"
    JUNIT = "junit"
    SARIF = "sarif"


_Environments = Annotated[
    list[str] | None, typer.Argument(metavar="ENV", help="Environments to evaluate; all if omitted.")
]


def gate(
    environments: _Environments = None,
    *,
    formats: Annotated[
        list[Format] | None, typer.Option("--format", help="Format of the report; repeatable. Default: text.")
    ] = None,
    source: From = None,
    outputs: Annotated[
        list[Path] | None,
        typer.Option(
            "--output",
            metavar="FILE",
            help="Write the preceding format to this file instead of standard output; repeatable.",
        ),
    ] = None,
    waivers: Annotated[
        bool, typer.Option("--waivers", help="Also list the waivers and what they cover.")
    ] = False,
) -> None:
    """Evaluate the synthesized stacks: Checkov's rules, project rules, waivers, snapshots and addresses.

    Exit codes: 0 pass, 4 violation, 2 invalid input, 1 internal error.

    Example: arqctl gate production --format sarif --output gate.sarif --format junit --output gate.xml
    """
    targets = list(_targets(formats or [Format.TEXT], outputs or []))
    settings = Settings.load(project_folder())
    with progress() as on_progress, open_assembly(source, on_progress) as outdir:
        report = evaluate(
            outdir, settings=settings, environments=environments or None, on_progress=on_progress
        ).report
    for format_, output in targets:
        write_output(_render(report, format_, output), output)
    if waivers:
        write_output(render_waivers(report, width=output_width(), color=output_has_color()), None)
    raise typer.Exit(ExitCode.PASS if report.verdict == "pass" else ExitCode.VIOLATION)


def _targets(formats: Sequence[Format], outputs: Sequence[Path]) -> Iterator[tuple[Format, Path | None]]:
    """Pair each format with its file; the last format may go to standard output.

    Raises:
        InputError: if files and formats don't pair up.
    """
    if len(outputs) not in (len(formats), len(formats) - 1):
        what = f"{len(formats)} formats and {len(outputs)} files"
        fix = "Write --output FILE after each --format; only the last may go to standard output"
        raise InputError([Problem("--format and --output", f"do not pair up: {what}", fix)])
    yield from zip(formats, [*outputs, None], strict=False)


@snapshot.command("update")
def update_snapshots(*, source: From = None) -> None:
    """Write the snapshots and address lists of all synthesized stacks.

    A stateful address that disappeared stays on its list, and the gate keeps failing, until its construct
    calls `move_from_id` or you delete the line.

    Exit codes: 0 updated, 4 a stateful address was kept, 2 invalid input, 1 internal error.

    Example: arqctl snapshot update --from cdktf.out
    """
    settings = Settings.load(project_folder())
    with progress() as on_progress, open_assembly(source, on_progress) as outdir:
        stacks = read_assembly(outdir)
    faults = [Problem(str(each.file), each.fault, "Fix the app") for each in stacks if each.fault]
    if faults:
        raise InputError(faults)
    kept: list[str] = []
    for stack in stacks:
        write(settings.snapshots / f"{stack.name}.json", snapshot_text(stack.text))
        update = update_addresses(stack, settings.addresses)
        counts = f"{len(update.added)} added, {len(update.dropped)} dropped"
        typer.echo(f"{stack.name}: snapshot written; addresses: {counts}")
        kept += [f"{update.file}: {address}" for address in update.kept]
    for line in kept:
        typer.echo(f"Kept, because it is stateful and no longer synthesized: {line}", err=True)
    raise typer.Exit(ExitCode.VIOLATION if kept else ExitCode.PASS)


def _render(report: Report, format_: Format, output: Path | None) -> str:
    if format_ is Format.TEXT and output is None:
        return render_text(report, width=output_width(), color=output_has_color())
    renderers: dict[Format, Callable[[Report], str]] = {
        Format.TEXT: partial(render_text, complete=True),
        Format.JSON: Report.to_json,
        Format.JUNIT: render_junit,
        Format.SARIF: render_sarif,
    }
    return renderers[format_](report)
