"""`arqctl review`: what the project would change, told on a terminal, in a file, and in the pull request."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, cast

import typer
from typer.core import TyperCommand

from arqctl.core.cli_errors import tell_mistake
from arqctl.core.console import output_has_color, output_width
from arqctl.core.errors import ExitCode, InputError
from arqctl.core.progress import progress
from arqctl.core.synthesis import find_project
from arqctl.core.terraform_cli import TerraformError
from arqctl.forge.ci_provider import head_commit, poster_from_environment, run_url
from arqctl.forge.job_summary import add_to_summary, write_report
from arqctl.review.document import to_json
from arqctl.review.markdown import MARKER, comment, report
from arqctl.review.model import Review
from arqctl.review.pipeline import ReviewRequest, run_review
from arqctl.review.terminal import render_terminal


class ReviewCommand(TyperCommand):
    """A mistake on the command line ends with 1: of a review, 2 says that there are changes."""

    def parse_args(self, ctx: object, args: list[str]) -> list[str]:
        """Read the arguments as typer does."""
        try:
            return super().parse_args(cast("typer.Context", ctx), args)
        except Exception as error:
            if getattr(error, "exit_code", None) == ExitCode.WRONG_INPUT:
                vars(error)["exit_code"] = ExitCode.FAULT
            raise


class Format(StrEnum):
    """How the review is written to standard output."""

    TEXT = "text"
    MD = "md"
    JSON = "json"


def review(
    environments: Annotated[
        list[str] | None,
        typer.Argument(metavar="ENV", help="The environments to review; all when left out."),
    ] = None,
    *,
    plans: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="The plans that `arqctl plan ENV --json FOLDER` wrote there."),
    ] = None,
    base: Annotated[
        str, typer.Option(metavar="REF", help="The branch or commit to compare with, such as origin/main.")
    ] = "",
    format_: Annotated[Format, typer.Option("--format", help="How to print the review.")] = Format.TEXT,
    output: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write report.md and review.json there as well.")
    ] = None,
    post: Annotated[
        bool, typer.Option("--post", help="Keep it as the pull request's one comment, in a workflow's job.")
    ] = False,
) -> None:
    """Review what would change: danger first, then policy, access, differences and cost. No secret is shown.

    Without --plans all is planned on offline AWS, simulated: with --base from what the base deploys, so that
    the difference is seen without an account. In a workflow the full report goes to the step's summary.

    Exit codes: 0 nothing to do, 2 changes, 3 danger, 4 the gate stops it, 1 no review could be made.

    Example: arqctl review production --base main
    """
    try:
        with progress() as tell:
            request = ReviewRequest(
                root=find_project(Path.cwd()),
                environments=tuple(environments or ()),
                plans=plans,
                base=base,
                commit=head_commit(os.environ),
                run_url=run_url(os.environ),
            )
            reviewed = run_review(request, tell)
        typer.echo(_rendered(reviewed, format_), nl=False)
        if output is not None:
            write_report(output, report=report(reviewed), document=to_json(reviewed))
        add_to_summary(os.environ, report(reviewed), comment(reviewed))
        if post:
            typer.echo(f"Posted: {_posted(reviewed)}", err=True)
    except InputError as error:
        tell_mistake(error)
        raise typer.Exit(ExitCode.FAULT) from error
    except TerraformError as error:
        typer.echo(f"arqctl: Terraform refused a plan (simulated):\n{error}", err=True)
        raise typer.Exit(ExitCode.FAULT) from error
    raise typer.Exit(reviewed.verdict)


def _rendered(reviewed: Review, format_: Format) -> str:
    match format_:
        case Format.JSON:
            return to_json(reviewed)
        case Format.MD:
            return comment(reviewed)
        case Format.TEXT:
            return render_terminal(reviewed, width=output_width(unseen=100), color=output_has_color())


def _posted(reviewed: Review) -> str:
    poster = poster_from_environment(os.environ, lambda line: typer.echo(line, err=True))
    return poster.post(comment(reviewed), MARKER)
