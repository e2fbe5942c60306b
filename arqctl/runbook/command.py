"""`arqctl runbook NAME ENV`, and the procedures `restore`, `upgrade` and `failback` for databases."""

from collections.abc import Callable, Sequence
from pathlib import Path

import typer

from arqctl.core.assembly import read_assembly, select_stacks
from arqctl.core.cli_options import Environment, From, Output, open_assembly, write_output
from arqctl.core.errors import InputError, Problem
from arqctl.core.progress import progress
from arqctl.core.settings import Settings
from arqctl.runbook.databases import Database, find_databases, find_promoted, find_region_replicas
from arqctl.runbook.deployment import Deployment
from arqctl.runbook.failback import Failback, failback_sections
from arqctl.runbook.page import Section, render
from arqctl.runbook.pages.command import RunbookGroup, page
from arqctl.runbook.restore import restore_sections
from arqctl.runbook.upgrade import upgrade_sections

runbook = typer.Typer(
    name="runbook",
    cls=RunbookGroup,
    help="Print the runbook of an alarm with an environment's names, or procedures for its databases.\n\n"
    "`arqctl runbook NAME ENV` is short for `arqctl runbook page NAME ENV`.\n\n"
    "Example: arqctl runbook database-cpu production",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
runbook.command()(page)


@runbook.command()
def restore(environment: Environment, *, source: From = None, output: Output = None) -> None:
    """Print how to restore the environment's databases from a point in time or a snapshot.

    The commands set everything that the configuration sets, so that the restored instance takes over without
    another change. After a failover, name the stack of the standby: it has the promoted database. Nothing is
    run.

    Exit codes: 0 done, 2 invalid input, 1 internal error.

    Example: arqctl runbook restore production
    """
    _print(environment, source, output, "Restore", restore_sections, with_promoted=True)


@runbook.command()
def upgrade(environment: Environment, *, source: From = None, output: Output = None) -> None:
    """Print how to upgrade the environment's databases to the next major version.

    With read replicas, it takes two deployments. The page contains the way back. Nothing is run.

    Exit codes: 0 done, 2 invalid input, 1 internal error.

    Example: arqctl runbook upgrade production
    """
    _print(environment, source, output, "Upgrade", upgrade_sections, with_promoted=False)


@runbook.command()
def failback(environment: Environment, *, source: From = None, output: Output = None) -> None:
    """Print how to move an environment back to its own region after a failover.

    The standby's database is replicated back and promoted. Then the standby waits again. Nothing is run.

    Exit codes: 0 done, 2 invalid input or no standby, 1 internal error.

    Example: arqctl runbook failback production
    """
    with progress() as on_progress, open_assembly(source, on_progress) as outdir:
        found = Failback.find(environment, select_stacks(read_assembly(outdir), environment))
    deployment = Deployment.of(found.database, Settings.load(Path.cwd()))
    title = f"Fail back {found.database.identifier}"
    write_output(render(title, failback_sections(found, deployment)), output)


def _print(
    environment: str,
    source: Path | None,
    output: Path | None,
    title: str,
    sections: Callable[[Database, Deployment], Sequence[Section]],
    *,
    with_promoted: bool,
) -> None:
    with progress() as on_progress, open_assembly(source, on_progress) as outdir:
        stacks = select_stacks(read_assembly(outdir), environment)
        databases = [database for stack in stacks for database in find_databases(stack, stacks)]
        promoted = [each for stack in stacks for each in find_promoted(stack)]
        if with_promoted:
            databases += promoted
        waiting = [each.identifier for stack in stacks for each in find_region_replicas(stack)]
    if not databases and promoted:
        what = f"has only {promoted[0].identifier}, which is promoted"
        fix = f"Fail back first: arqctl runbook failback {promoted[0].environment}"
        raise InputError([Problem(environment, what, fix)])
    if not databases and waiting:
        what = f"has only {', '.join(waiting)}, which follows a database in another region"
        raise InputError([Problem(environment, what, "Name the environment of that database")])
    if not databases:
        raise InputError([Problem(environment, "has no PostgreSQL database", "Choose another environment")])
    settings = Settings.load(Path.cwd())
    pages = [
        render(f"{title} {database.identifier}", sections(database, Deployment.of(database, settings)))
        for database in databases
    ]
    write_output("\n".join(pages), output)
