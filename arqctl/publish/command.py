"""The commands `arqctl publish site`, `registry` and `password`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from arqctl.core.assembly import read_assembly, select_stacks
from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.core.cli_options import Environment, From, open_assembly
from arqctl.core.errors import InputError, Problem
from arqctl.core.progress import progress
from arqctl.core.sanitize import sanitize
from arqctl.publish.registry import find_repository, get_password
from arqctl.publish.site import find_domain, find_site, find_unreachable, publish_site

publish = typer.Typer(
    name="publish", help="Publish a site, or log in to the registry of images.", no_args_is_help=True
)


@publish.command()
def site(
    environment: Environment,
    folder: Annotated[Path, typer.Argument(help="The folder of the built site, with index.html.")],
    *,
    source: From = None,
) -> None:
    """Upload a built site and invalidate CloudFront's cache.

    Files below assets/ must have a hash of their content in their names: browsers keep them for a year, and
    old ones stay. Other files are replaced, and removed if the folder does not contain them. A warning
    names files for which CloudFront serves index.html, because it does not know their ending.

    Exit codes: 0 published, 2 invalid input or no permission, 1 internal error.

    Example: arqctl publish site production dist
    """
    with progress() as on_progress, open_assembly(source, on_progress) as outdir:
        stacks = select_stacks(read_assembly(outdir), environment)
        domain = find_domain(stacks)
        unreachable = find_unreachable(stacks, folder)
    if unreachable:
        typer.echo(
            sanitize(
                f"Warning: visitors get index.html instead of {', '.join(unreachable)}. Add the endings to "
                "file_endings of DistributionConfig, and deploy"
            ),
            err=True,
        )
    with _aws_problems(environment):
        api = AwsApi.connect()
        found = find_site(api, domain)
        uploaded, removed = publish_site(api, found, folder)
    typer.echo(f"https://{domain}: {uploaded:,} files uploaded to {found.bucket}, {removed:,} removed")


@publish.command()
def registry(environment: Environment, *, source: From = None) -> None:
    """Print the URL of the environment's image repository, or of its copy for a standby.

    Exit codes: 0 printed, 2 invalid input, 1 internal error.

    Example: arqctl publish registry production
    """
    typer.echo(_repository(environment, source)[0])


@publish.command()
def password(environment: Environment, *, source: From = None) -> None:
    """Print a password of the user AWS for the image repository, valid for twelve hours.

    Exit codes: 0 printed, 2 invalid input or no permission, 1 internal error.

    Example: arqctl publish password production | docker login --username AWS --password-stdin REGISTRY
    """
    _, region = _repository(environment, source)
    with _aws_problems(environment):
        typer.echo(get_password(AwsApi.connect(), region))


def _repository(environment: str, source: Path | None) -> tuple[str, str]:
    with progress() as on_progress, open_assembly(source, on_progress) as outdir:
        return find_repository(environment, read_assembly(outdir))


@contextmanager
def _aws_problems(environment: str) -> Iterator[None]:
    try:
        yield
    except AwsError as error:
        fix = f"Use credentials of the role {environment}-delivery-publish"
        raise InputError([Problem("AWS", str(error), error.fix or fix)]) from error
