"""The `arqctl evidence` command."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from arqctl.core.cli_options import Environment, From, Output, open_assembly, write_output
from arqctl.core.errors import ExitCode
from arqctl.core.progress import progress
from arqctl.core.settings import Settings
from arqctl.core.synthesis import project_folder
from arqctl.evidence.build import build_evidence, head_commit
from arqctl.evidence.markdown import render_markdown
from arqctl.gate.evaluation import evaluate


class Format(StrEnum):
    """Output format."""

    MARKDOWN = "md"
    JSON = "json"


def evidence(
    environment: Environment,
    *,
    format_: Annotated[Format, typer.Option("--format", help="Output format.")] = Format.MARKDOWN,
    date: Annotated[
        datetime | None,
        typer.Option(
            "--date",
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="Date of the evidence, which decides whether waivers are expired. Default: today in UTC.",
        ),
    ] = None,
    source: From = None,
    output: Output = None,
) -> None:
    """Show the state of CIS, PCI DSS, SOC 2 and ISO 27001 controls in an environment, with its resources.

    Only controls that a rule certainly checks are listed. Apart from date, commit and tool versions, the same
    configuration gives the same text.

    Exit codes: 0 no control is failed or unknown, 4 one is, 2 invalid input, 1 internal error.

    Example: arqctl evidence production --format json --output evidence.json
    """
    today = date or datetime.now(UTC)
    with progress() as on_progress, open_assembly(source, on_progress) as folder:
        settings = Settings.load(project_folder())
        evaluation = evaluate(
            folder, settings=settings, environments=[environment], today=today.date(), on_progress=on_progress
        )
    result = build_evidence(evaluation, environment, today=today.date(), commit=head_commit(settings.root))
    text = result.to_json() if format_ is Format.JSON else render_markdown(result)
    write_output(text, output)
    raise typer.Exit(ExitCode.PASS if result.passes else ExitCode.VIOLATION)
