"""`arqctl evidence`."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from arqctl.core.cli_options import Environment, From, Output, assembly_of, put
from arqctl.core.errors import ExitCode
from arqctl.core.progress import progress
from arqctl.core.settings import Settings
from arqctl.core.synthesis import project_folder
from arqctl.evidence.build import build
from arqctl.evidence.commit import commit_of
from arqctl.evidence.markdown import render_markdown
from arqctl.gate.judge import judge_in_full


class Format(StrEnum):
    """How the evidence is written."""

    MARKDOWN = "md"
    JSON = "json"


def evidence(
    environment: Environment,
    *,
    format_: Annotated[Format, typer.Option("--format", help="How to write the evidence.")] = Format.MARKDOWN,
    day: Annotated[
        datetime | None,
        typer.Option(
            "--date",
            formats=["%Y-%m-%d"],
            metavar="DAY",
            help="The day that is named, and that waivers are held against; today in UTC when left out.",
        ),
    ] = None,
    source: From = None,
    output: Output = None,
) -> None:
    """Show which controls of CIS, PCI DSS, SOC 2 and ISO 27001 an environment meets, and by which resources.

    Only controls that a rule is certain to be about are listed. The date, the commit and the versions of the
    tools apart, the same configuration is the same text.

    Exit codes: 0 no control is failed or undecided, 4 one is, 2 wrong input, 1 a fault of arqctl.

    Example: arqctl evidence production --format json --output evidence.json
    """
    today = day or datetime.now(UTC)
    with progress() as tell, assembly_of(source, tell) as folder:
        settings = Settings.load(project_folder())
        judgement = judge_in_full(
            folder, settings=settings, environments=[environment], today=today.date(), progress=tell
        )
    found = build(judgement, environment, day=today.date(), commit=commit_of(settings.root))
    text = found.to_json() if format_ is Format.JSON else render_markdown(found)
    put(text, output)
    raise typer.Exit(ExitCode.PASS if found.holds else ExitCode.VIOLATED)
