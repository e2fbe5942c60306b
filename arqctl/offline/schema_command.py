"""`arqctl schema`: prints the arguments, blocks and attributes of a resource."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

from arqctl.core.errors import InputError, Problem
from arqctl.offline.extra import require_extra
from arqctl.offline.schema.model import Block
from arqctl.offline.schema.text import schema_text

if TYPE_CHECKING:
    from arqctl.offline.provider_data import ProviderData
    from arqctl.offline.schema.schemas import Schemas

_Type = Annotated[
    str | None,
    typer.Argument(
        metavar="TYPE",
        help="A resource type (aws_eks_cluster), a block in one (aws_eks_cluster.vpc_config), "
        "or a provider (aws).",
    ),
]
_Data = Annotated[bool, typer.Option("--data", help="Print the data source, not the resource.")]
_Coverage = Annotated[
    bool,
    typer.Option("--coverage", help="Print how many arguments of TYPE (or of all types) are checked."),
]


def schema(type_name: _Type = None, *, data: _Data = False, coverage: _Coverage = False) -> None:
    """Print the arguments, blocks and attributes of a resource.

    Works for every provider whose prebuilt CDKTF bindings are installed.

    Exit codes: 0 printed, 2 invalid input, 1 internal error.

    Example: arqctl schema aws_iam_policy_document --data
    """
    if coverage:
        _print_coverage(type_name)
    elif type_name is not None:
        _print_schema(type_name, data)
    else:
        fix = "Add a type: arqctl schema aws_eks_cluster"
        raise InputError([Problem("TYPE", "is missing", fix)])


def _print_schema(type_name: str, data: bool) -> None:
    known = _provider_data().schemas
    name, *path = type_name.split(".")
    provider, block = _find_schema(name, data, known)
    for step in path:
        block = _nested_block(type_name, block, step)
    kind = "data source" if data else "configuration" if provider.name == name else "resource"
    typer.echo(f"{type_name}: {kind} of {provider.source} {provider.version}\n")
    typer.echo(schema_text(type_name, block))


def _print_coverage(type_name: str | None) -> None:
    known = _provider_data()
    if type_name:
        _find_schema(type_name, False, known.schemas)
    from arqctl.offline.aws_facts.coverage import coverage, mean_share  # noqa: PLC0415 - of the extra too

    rows = coverage(known.facts, [type_name] if type_name else [])
    for row in rows:
        origin = row.cloudformation or "not at CloudFormation"
        typer.echo(f"{row.share:4.0%}  {row.checked:5} of {row.checkable:5}  {row.type}  ({origin})")
    typer.echo(f"{len(rows):,} types; {mean_share(rows):.0%} of the checkable arguments are checked.")


def _provider_data() -> "ProviderData":
    with require_extra():
        from arqctl.offline.provider_data import load_provider_data  # noqa: PLC0415
    return load_provider_data()


def _find_schema(name: str, data: bool, known: "Iterable[Schemas]") -> "tuple[Schemas, Block]":
    for provider in known:
        if name == provider.name and not data:
            return provider, provider.configuration
        if name in (provider.data_source_types if data else provider.resource_types):
            return provider, (provider.data_source if data else provider.resource)(name)
    raise InputError([_unknown_type(name, data, known)])


def _unknown_type(name: str, data: bool, known: "Iterable[Schemas]") -> Problem:
    kind, other = ("data source", "resource") if data else ("resource", "data source")
    if any(name in (each.resource_types if data else each.data_source_types) for each in known):
        fix = "Remove --data" if data else "Add --data"
        return Problem(name, f"is a {other}; no {kind} has that name", fix)
    names = [each for schemas in known for each in _types(schemas, data)]
    sources = ", ".join(f"{each.source} {each.version}" for each in known) or "none"
    fix = _did_you_mean(name, names) or f"Providers whose bindings are installed: {sources}"
    return Problem(name, f"no {kind} has that name", fix)


def _types(schemas: "Schemas", data: bool) -> tuple[str, ...]:
    return schemas.data_source_types if data else schemas.resource_types


def _nested_block(type_name: str, block: Block, name: str) -> Block:
    if name in block.blocks:
        return block.blocks[name].block
    if name in block.attributes:
        raise InputError([Problem(type_name, f"{name!r} is an attribute, not a block", "Remove it")])
    fix = _did_you_mean(name, block.blocks) or f"Its blocks are {', '.join(sorted(block.blocks)) or 'none'}"
    raise InputError([Problem(type_name, f"has no block {name!r}", fix)])


def _did_you_mean(name: str, names: Iterable[str]) -> str:
    near = get_close_matches(name, list(names), n=3)
    return f"Did you mean {' or '.join(near)}?" if near else ""
