"""The command `arqctl recovery`."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from arqctl.core.assembly import read_assembly, select_stacks
from arqctl.core.cli_options import Environment, From, Output, open_assembly, write_output
from arqctl.core.console import output_has_color, output_width
from arqctl.core.errors import ExitCode
from arqctl.core.progress import progress
from arqctl.core.settings import Settings
from arqctl.recovery.drills import misses, read_drills
from arqctl.recovery.recovery_table import RecoveryTable, find_recovery
from arqctl.recovery.report import Proof, render_json, render_text
from arqctl.recovery.restore_measurements import compare
from arqctl.recovery.restore_records import read_restores

_WIDTH: Final = 150


class Format(StrEnum):
    """Formats of the report."""

    TEXT = "text"
    JSON = "json"


def recovery(
    environment: Environment,
    *,
    drills: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The drills of the environment. [default: drills/ENV.json]"),
    ] = None,
    restores: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Records of restore tests. [default: drills/ENV-restores, if it exists]"
        ),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="Format of the report.")] = Format.TEXT,
    output: Output = None,
    source: From = None,
) -> None:
    """Print the recovery of an environment: objectives, what its configuration reaches, and the last drills.

    Losses are an instance, a zone, a table (an error of an operator), the database, the region and the
    account. Times follow from published, measured and assumed figures, which the report lists with their
    sources. Drills have measured times: docs/recovery.md has the form of their file. Records of restore tests
    are copies of the folder restores/ in the bucket for dumps. Their times are compared with the figures.

    Exit codes: 0 done, 4 the last drill of a loss missed its objective, the last restore test failed, or one
    refuted a figure, 2 invalid input, 1 internal error.

    Example: arqctl recovery production --drills drills/production.json
    """
    with progress() as on_progress, open_assembly(source, on_progress) as outdir:
        table = find_recovery(environment, select_stacks(read_assembly(outdir), environment))
    folder = Settings.load(Path.cwd()).drills
    proof = _read_proof(
        environment,
        table,
        drills or _existing(folder / f"{environment}.json"),
        restores or _existing(folder / f"{environment}-restores"),
    )
    if format_ is Format.JSON:
        text = render_json(environment, table, proof)
    else:
        width, color = output_width(default=_WIDTH), output_has_color()
        text = render_text(environment, table, proof, width=width, color=color)
    write_output(text, output)
    objectives = {(row.loss, row.data): row.objective for row in table.rows}
    if proof.is_refuted or any(misses(drill, objectives[key]) for key, drill in proof.drills.items()):
        raise typer.Exit(ExitCode.VIOLATION)


def _read_proof(environment: str, table: RecoveryTable, drills: Path | None, restores: Path | None) -> Proof:
    now = datetime.now(UTC)
    tests = read_restores(restores, environment, now=now) if restores else ()
    return Proof(
        drills=read_drills(drills, table.rows, today=now.date()) if drills else {},
        restores=tests,
        measurements=tuple(compare(tests, table.figures)),
    )


def _existing(path: Path) -> Path | None:
    return path if path.exists() else None
