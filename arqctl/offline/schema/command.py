"""`arqctl schema`: what a resource takes and answers, at a prompt."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

from arqctl.errors import InputError, Problem
from arqctl.offline.extra import offline_extra
from arqctl.offline.schema.model import Block
from arqctl.offline.schema.text import schema_text

if TYPE_CHECKING:
    from arqctl.offline.schema.schemas import Schemas

_Type = Annotated[
    str,
    typer.Argument(
        metavar="TYPE",
        help="A resource type (aws_eks_cluster), a block in one (aws_eks_cluster.vpc_config), "
        "or a provider (aws).",
    ),
]
_Data = Annotated[bool, typer.Option("--data", help="The data source of that name, not the resource.")]


def schema(type_name: _Type, *, data: _Data = False) -> None:
    """Print the arguments, blocks and attributes of a resource, as Terraform knows them.

    A type of any provider whose prebuilt CDKTF bindings are installed. Exit codes: 0 printed, 2 wrong input,
    1 a fault of arqctl.

    Example: arqctl schema aws_iam_policy_document --data
    """
    known = _known()
    name, *path = type_name.split(".")
    provider, block = _found(name, data, known)
    for step in path:
        block = _step(type_name, block, step)
    kind = "data source" if data else "configuration" if provider.name == name else "resource"
    typer.echo(f"{type_name}: {kind} of {provider.source} {provider.version}\n")
    typer.echo(schema_text(type_name, block))


def _known() -> "tuple[Schemas, ...]":
    with offline_extra():
        from arqctl.offline.schema.progress import progress_bar  # noqa: PLC0415
        from arqctl.offline.schema.schemas import Schemas  # noqa: PLC0415
    with progress_bar() as watch:
        return Schemas.all(watch)


def _found(name: str, data: bool, known: "Iterable[Schemas]") -> "tuple[Schemas, Block]":
    for provider in known:
        if name == provider.name and not data:
            return provider, provider.configuration
        if name in (provider.data_source_types if data else provider.resource_types):
            return provider, (provider.data_source if data else provider.resource)(name)
    raise InputError([_unknown(name, data, known)])


def _unknown(name: str, data: bool, known: "Iterable[Schemas]") -> Problem:
    kind, other = ("data source", "resource") if data else ("resource", "data source")
    if any(name in (each.resource_types if data else each.data_source_types) for each in known):
        mend = "Leave out --data" if data else "Add --data"
        return Problem(name, f"is a {other}, there is no {kind} of that name", mend)
    names = [each for schemas in known for each in _types(schemas, data)]
    sources = ", ".join(f"{each.source} {each.version}" for each in known) or "none"
    mend = _did_you_mean(name, names) or f"Providers whose bindings are installed: {sources}"
    return Problem(name, f"there is no {kind} of that name", mend)


def _types(schemas: "Schemas", data: bool) -> tuple[str, ...]:
    return schemas.data_source_types if data else schemas.resource_types


def _step(type_name: str, block: Block, name: str) -> Block:
    if name in block.blocks:
        return block.blocks[name].block
    if name in block.attributes:
        raise InputError([Problem(type_name, f"{name!r} is an attribute, not a block", "Leave it out")])
    mend = _did_you_mean(name, block.blocks) or f"Its blocks are {', '.join(sorted(block.blocks)) or 'none'}"
    raise InputError([Problem(type_name, f"there is no block {name!r}", mend)])


def _did_you_mean(name: str, names: Iterable[str]) -> str:
    near = get_close_matches(name, list(names), n=3)
    return f"Did you mean {' or '.join(near)}?" if near else ""
