"""The `arqctl ingress migrate` command."""

import json
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from arqctl.core.assembly import read_assembly, select_stacks
from arqctl.core.atomic_files import write
from arqctl.core.cli_options import From, open_assembly
from arqctl.core.errors import ExitCode, InputError, Problem
from arqctl.core.json_access import Body
from arqctl.core.progress import progress
from arqctl.ingress.manifests import import_yaml, read_manifests
from arqctl.ingress.migration import Options, migrate
from arqctl.ingress.public_names import PublicNames, find_public_names
from arqctl.ingress.report import render_json, render_markdown, render_text

ingress = typer.Typer(
    name="ingress",
    help="Replace ingress-nginx by the platform's gateway.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
_HEADER = "# Written by `arqctl ingress migrate`. Read its report before you apply this file.\n"


class Format(StrEnum):
    """Format of the report."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "md"


@ingress.callback()
def _group() -> None:
    """Keep `migrate` a subcommand: Typer merges a single command with its group."""


@ingress.command(name="migrate")
def migrate_command(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Files and folders with Kubernetes manifests."),
    ],
    *,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the routes and policies to this file.")
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="Format of the report.")] = Format.TEXT,
    gateway: Annotated[
        str, typer.Option(metavar="NAMESPACE/NAME", help="The gateway of the routes.")
    ] = "gateway/gateway",
    classes: Annotated[
        list[str] | None,
        typer.Option("--class", metavar="CLASS", help="Class of ingress-nginx; repeatable. Default: nginx."),
    ] = None,
    prefix: Annotated[
        str,
        typer.Option(
            "--annotations-prefix",
            metavar="PREFIX",
            help="Prefix of the annotations: the value of ingress-nginx's flag of this name.",
        ),
    ] = "nginx.ingress.kubernetes.io",
    environment: Annotated[
        str | None,
        typer.Option(
            "--environment",
            metavar="ENV",
            help="Check the hosts and paths with CloudFront's of this environment.",
        ),
    ] = None,
    source: From = None,
    snippets: Annotated[
        bool, typer.Option("--snippets", help="Write SnippetsFilters, which the gateway must allow.")
    ] = False,
) -> None:
    """Convert Ingress objects of ingress-nginx to routes, and list each annotation without a counterpart.

    The files can contain services, ConfigMaps and classes too: named ports, custom headers and the
    controller's settings come from them. An Ingress gets no route if the route would be open to more clients
    than before. Nothing is applied.

    Exit codes: 0 everything has a counterpart, 4 something has none or is invalid, 2 invalid input,
    1 internal error.

    Example: arqctl ingress migrate manifests --output routes.yaml
    """
    if output is not None:
        _remove_old(output)
    options = Options(
        gateway=_parse_gateway(gateway),
        prefix=prefix,
        classes=frozenset(classes or ["nginx"]),
        allows_snippets=snippets,
        names=None if environment is None else _read_names(environment, source),
    )
    migration = migrate(read_manifests(paths), options)
    if output is not None:
        write(output, _HEADER + _to_yaml(migration.objects))
    render = {Format.TEXT: render_text, Format.JSON: render_json, Format.MARKDOWN: render_markdown}[format_]
    typer.echo(render(migration), nl=False)
    raise typer.Exit(ExitCode.PASS if migration.is_complete else ExitCode.VIOLATION)


def _remove_old(output: Path) -> None:
    """Remove the file of an earlier run: nobody may apply it after a run that fails."""
    file = output.resolve()
    with suppress(OSError):
        if file.is_file() and file.read_bytes().startswith(_HEADER.encode()):
            file.unlink()


def _read_names(environment: str, source: Path | None) -> PublicNames:
    with progress() as on_progress, open_assembly(source, on_progress) as outdir:
        return find_public_names(select_stacks(read_assembly(outdir), environment))


def _to_yaml(objects: list[Body]) -> str:
    # The copy by JSON has no shared parts, which YAML would write as aliases.
    text: str = import_yaml().safe_dump_all(json.loads(json.dumps(objects)), sort_keys=False)
    return text


def _parse_gateway(text: str) -> Body:
    namespace, _, name = text.partition("/")
    if not namespace or not name or "/" in name:
        what = f"{text!r} is no gateway"
        raise InputError([Problem("--gateway", what, "Write namespace and name, such as gateway/gateway")])
    return {"namespace": namespace, "name": name}
