"""`arqctl runbook NAME ENV`: a runbook with the names of an environment."""

from pathlib import Path
from typing import Annotated, cast

import typer
from typer.core import TyperGroup

from arqctl.core.assembly import Stack, read_assembly
from arqctl.core.cli_options import Environment, From, Output, open_assembly, write_output
from arqctl.core.errors import ExitCode, InputError, Problem
from arqctl.core.progress import progress
from arqctl.core.settings import Settings
from arqctl.runbook.pages.environment_page import EnvironmentPage
from arqctl.runbook.pages.inventory import Inventory, known_names
from arqctl.runbook.pages.name_translation import NameTranslation
from arqctl.runbook.pages.page_files import PageFile, read_page

_PROCEDURES = ("restore", "upgrade", "failback")


class RunbookGroup(TyperGroup):
    """The group `arqctl runbook`: a first word that is no subcommand is the name of a runbook."""

    def parse_args(self, ctx: object, args: list[str]) -> list[str]:
        """Parse the arguments as typer does."""
        is_page = bool(args) and args[0] not in self.commands and not args[0].startswith("-")
        words = [page.__name__, *args] if is_page else args
        return super().parse_args(cast("typer.Context", ctx), words)


def page(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A runbook, such as database-cpu.")],
    environment: Environment,
    *,
    source: From = None,
    output: Output = None,
) -> None:
    """Print a runbook with the names of an environment, or of its standby, in its commands.

    The names are those of the synthesized stacks. A command with a name that is missing there is left out,
    with the reason. Nothing is run.

    Exit codes: 0 done, 4 a command is left out, 2 invalid input, 1 internal error.

    Example: arqctl runbook page database-cpu production
    """
    file = read_page(Settings.load(Path.cwd()).runbooks, name, commands=_PROCEDURES)
    with progress() as on_progress, open_assembly(source, on_progress) as outdir:
        rendered = render_page(file, read_assembly(outdir), environment)
    write_output(rendered.render(), output)
    if rendered.unresolved:
        for reason in dict.fromkeys(rendered.unresolved):
            typer.echo(f"arqctl: {name}: {reason}", err=True)
        raise typer.Exit(ExitCode.VIOLATION)


def render_page(file: PageFile, stacks: tuple[Stack, ...], environment: str) -> EnvironmentPage:
    """Return a runbook for an environment, with the names in its stacks.

    Raises:
        InputError: if the environment, or the one that the runbook names, is unknown.
    """
    names = (file.environment, environment)
    known = known_names(stacks)
    problems = [
        Problem(name, "is no environment", f"Choose from {', '.join(sorted(known))}")
        for name in names
        if name not in known
    ]
    if problems:
        raise InputError(problems)
    reference, target = (Inventory.of(name, stacks) for name in names)
    return EnvironmentPage(file, NameTranslation(reference, target))
