"""`arqctl versions update`."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from arqctl.core.atomic_files import write
from arqctl.core.aws_api import AwsApi
from arqctl.core.errors import ExitCode
from arqctl.core.node_images import is_node_image
from arqctl.core.synthesis import project_folder
from arqctl.versions.eks_addons import find_latest_version
from arqctl.versions.node_releases import find_latest_release
from arqctl.versions.version_table import Change, VersionTable

versions = typer.Typer(
    name="versions",
    help="Renew the versions of EKS add-ons and node images.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
_DEFAULT_TABLE = Path("environments") / "cluster_versions.toml"


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
            metavar="FILE", help="The table; environments/cluster_versions.toml in the project by default."
        ),
    ] = None,
    add: Annotated[
        list[str] | None,
        typer.Option(metavar="VERSION", help="Add this Kubernetes version, such as 1.36. Repeatable."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change no file; exit with 4 if pinned versions are outdated.")
    ] = False,
) -> None:
    """Set every add-on and node image to the latest version for its Kubernetes version.

    The command prints each change. Review and commit the file like other changes: the next deployment
    updates add-ons and nodes. The caller needs `eks:DescribeAddonVersions` and `ssm:GetParameter`.

    Exit codes: 0 done, 4 outdated versions with --check, 2 invalid input or no credentials, 1 internal error.

    Example: arqctl versions update --region eu-west-1 --add 1.36
    """
    file = table or project_folder() / _DEFAULT_TABLE
    before = VersionTable.read(file)
    for kubernetes in add or ():
        before = before.add(kubernetes)
    api = AwsApi.connect()
    after, changes = before.renew(partial(_find_version, api, region))
    if check:
        _report_outdated([each for each in changes if each.replaces_pin], region)
        return
    for change in changes:
        typer.echo(str(change))
    write(file, after.text)
    typer.echo(f"{file.name}: {len(changes)} versions changed")


def _report_outdated(changes: Sequence[Change], region: str) -> None:
    for change in changes:
        typer.echo(str(change))
    if changes:
        typer.echo(
            f"{len(changes)} versions are outdated. Renew them: arqctl versions update --region {region}"
        )
        raise typer.Exit(ExitCode.VIOLATION)


def _find_version(api: AwsApi, region: str, kubernetes: str, name: str) -> str:
    if is_node_image(name):
        return find_latest_release(api, region=region, kubernetes=kubernetes, image=name)
    return find_latest_version(api, region=region, kubernetes=kubernetes, addon=name)
