"""The command `arqctl review`."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, cast

import typer
from typer.core import TyperCommand

from arqctl.core.cli_errors import print_errors
from arqctl.core.console import output_has_color, output_width
from arqctl.core.errors import ExitCode, InputError
from arqctl.core.progress import progress
from arqctl.core.synthesis import find_project
from arqctl.core.terraform_cli import TerraformError
from arqctl.forge.ci_provider import create_poster, head_commit, run_url
from arqctl.forge.job_summary import add_to_summary, write_report
from arqctl.review.document import to_json
from arqctl.review.markdown import MARKER, comment, report
from arqctl.review.model import Review
from arqctl.review.pipeline import ReviewRequest, run_review
from arqctl.review.terminal import render_terminal


class ReviewCommand(TyperCommand):
    """Ends with 1 for wrong arguments, because 2 is the exit code of a review with changes."""

    def parse_args(self, ctx: object, args: list[str]) -> list[str]:
        """Parse the arguments as typer does."""
        try:
            return super().parse_args(cast("typer.Context", ctx), args)
        except Exception as error:
            if getattr(error, "exit_code", None) == ExitCode.INVALID_INPUT:
                vars(error)["exit_code"] = ExitCode.INTERNAL_ERROR
            raise


class Format(StrEnum):
    """Format of the review on standard output."""

    TEXT = "text"
    MD = "md"
    JSON = "json"


def review(
    environments: Annotated[
        list[str] | None,
        typer.Argument(metavar="ENV", help="The environments to review; default: all."),
    ] = None,
    *,
    plans: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Review the plans that `arqctl plan ENV --out-dir DIR` wrote."),
    ] = None,
    base: Annotated[
        str, typer.Option(metavar="REF", help="Compare with this branch or commit, such as origin/main.")
    ] = "",
    format_: Annotated[
        Format, typer.Option("--format", help="Format of the review on standard output.")
    ] = Format.TEXT,
    out_dir: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also write report.md and review.json to this folder.")
    ] = None,
    post: Annotated[
        bool, typer.Option("--post", help="Post it as the pull request's comment, or update that comment.")
    ] = False,
) -> None:
    """Review planned changes: danger first, then policy, access, differences and cost. Secrets are redacted.

    Without --plans, the review plans on offline AWS. With --base, it first deploys the base there, so that
    the plans show only the difference. In a workflow, the full report goes to the step summary.

    Exit codes: 0 no changes, 2 changes, 3 danger, 4 policy findings, 1 no review or a partial plan.

    Example: arqctl review production --base main
    """
    try:
        with progress() as on_progress:
            request = ReviewRequest(
                root=find_project(Path.cwd()),
                environments=tuple(environments or ()),
                plans=plans,
                base=base,
                commit=head_commit(os.environ),
                run_url=run_url(os.environ),
            )
            result = run_review(request, on_progress)
        typer.echo(_render(result, format_), nl=False)
        if out_dir is not None:
            write_report(out_dir, report=report(result), document=to_json(result))
        add_to_summary(os.environ, report(result), comment(result))
        if post:
            typer.echo(f"Posted: {_post(result)}", err=True)
    except InputError as error:
        print_errors(error)
        raise typer.Exit(ExitCode.INTERNAL_ERROR) from error
    except TerraformError as error:
        typer.echo(f"arqctl: an offline plan failed (simulated):\n{error}", err=True)
        raise typer.Exit(ExitCode.INTERNAL_ERROR) from error
    raise typer.Exit(result.verdict)


def _render(result: Review, format_: Format) -> str:
    match format_:
        case Format.JSON:
            return to_json(result)
        case Format.MD:
            return comment(result)
        case Format.TEXT:
            return render_terminal(result, width=output_width(default=100), color=output_has_color())


def _post(result: Review) -> str:
    poster = create_poster(os.environ, lambda line: typer.echo(line, err=True))
    return poster.post(comment(result), MARKER)
