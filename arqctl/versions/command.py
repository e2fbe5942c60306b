"""`arqctl versions update`."""

from pathlib import Path
from typing import Annotated

import typer

from arqctl.core.atomic_files import write
from arqctl.core.aws_api import AwsApi
from arqctl.core.errors import ExitCode
from arqctl.core.synthesis import project_folder
from arqctl.versions.addon_table import AddonTable
from arqctl.versions.eks_addons import find_latest_version

versions = typer.Typer(
    name="versions",
    help="Renew the table of EKS add-on versions.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
_DEFAULT_TABLE = Path("environments") / "addon_versions.toml"


@versions.callback()
def _group() -> None:
    """Keep `update` a subcommand: Typer merges a single command with its group."""


@versions.command()
def update(
    *,
    region: Annotated[str, typer.Option(metavar="REGION", help="Region of the clusters.")],
    table: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The table; environments/addon_versions.toml in the project by default."
        ),
    ] = None,
    add: Annotated[
        list[str] | None,
        typer.Option(metavar="VERSION", help="Add this Kubernetes version, such as 1.36. Repeatable."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change no file; exit with 4 if versions are outdated.")
    ] = False,
) -> None:
    """Set every add-on to the latest version that EKS supports for its Kubernetes version.

    The command prints each change. Review and commit the file like other changes: the next deployment
    updates the add-ons. The caller needs `eks:DescribeAddonVersions`.

    Exit codes: 0 done, 4 outdated versions with --check, 2 invalid input or no credentials, 1 internal error.

    Example: arqctl versions update --region eu-west-1 --add 1.36
    """
    file = table or project_folder() / _DEFAULT_TABLE
    before = AddonTable.read(file)
    for kubernetes in add or ():
        before = before.add(kubernetes)
    api = AwsApi.connect()
    after, changes = before.renew(
        lambda kubernetes, addon: find_latest_version(api, region=region, kubernetes=kubernetes, addon=addon)
    )
    for change in changes:
        typer.echo(str(change))
    if check:
        raise typer.Exit(ExitCode.VIOLATION if changes else ExitCode.PASS)
    write(file, after.text)
    typer.echo(f"{file.name}: {len(changes)} versions changed")
