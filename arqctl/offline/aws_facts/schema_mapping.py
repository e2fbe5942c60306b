"""Maps the arguments of a Terraform schema to AWS's published shapes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from arqctl.offline.aws_facts.name_matching import name_matcher, normalize_name
from arqctl.offline.aws_facts.shapes import SCALARS, Shape, object_within
from arqctl.offline.facts import Names
from arqctl.offline.schema.model import Attribute, Block, Nested, NestedBlock
from arqctl.offline.types import Primitive

Argument = Attribute | NestedBlock

PROVIDER_ARGUMENTS = frozenset({"id", "region", "tags", "tags_all", "timeouts"})
"""Arguments that the provider adds to every resource."""

_MIN_UNWRAPPED = 2
"""Minimum of arguments found in one of AWS's objects to assume that Terraform flattens that object."""


@dataclass(frozen=True, slots=True)
class ArgumentMapping:
    """An argument and its shape.

    `member` is AWS's top-level member that contains it. `is_exact`: the names agree. `create_only`: a change
    forces replacement.
    """

    path: Names
    argument: Argument
    shape: Shape
    member: str
    is_exact: bool
    create_only: bool


@dataclass(frozen=True, slots=True)
class _Match:
    shape: Shape
    member: str
    is_exact: bool
    create_only: bool


def settable_arguments(block: Block | Nested) -> Mapping[str, Argument]:
    """Return what a configuration may set in a block: blocks and attributes that aren't only computed."""
    settable = {name: each for name, each in block.attributes.items() if each.required or each.optional}
    return {**settable, **(block.blocks if isinstance(block, Block) else {})}


def nested_schema(argument: Argument) -> Block | Nested | None:
    """Return the schema nested in an argument, or None."""
    return argument.block if isinstance(argument, NestedBlock) else argument.nested


def map_arguments(
    block: Block | Nested, shape: Shape, *, aws_names: Mapping[Names, str], noun: str = ""
) -> Iterator[ArgumentMapping]:
    """Yield every argument that has a shape, at every depth.

    `aws_names` overrides name matching: a member's name by argument path, with `/` into an object that
    Terraform flattens, and "" if AWS has no such member. `noun` is the noun that the shape describes.
    """
    wanted: Mapping[str, Argument] = {
        name: each for name, each in settable_arguments(block).items() if name not in PROVIDER_ARGUMENTS
    }
    pending: list[tuple[Names, Mapping[str, Argument], Shape, str, ArgumentMapping | None]] = [
        ((), wanted, shape, noun, None)
    ]
    while pending:
        path, wanted, shape, noun, outer = pending.pop()
        for name, found in _match_arguments(wanted, shape, path, aws_names, noun).items():
            member, create_only = (
                (outer.member, outer.create_only or found.create_only)
                if outer
                else (found.member, found.create_only)
            )
            mapping = ArgumentMapping(
                (*path, name), wanted[name], found.shape, member, found.is_exact, create_only
            )
            yield mapping
            within, inner = nested_schema(mapping.argument), object_within(mapping.shape)
            if within is not None and inner is not None:
                pending.append(
                    (mapping.path, settable_arguments(within), inner, normalize_name(name), mapping)
                )


def _match_arguments(
    wanted: Mapping[str, Argument], shape: Shape, path: Names, aws_names: Mapping[Names, str], noun: str
) -> dict[str, _Match]:
    members = {name: each for name, each in shape.members().items() if not each.read_only}
    found = _match_by_override(wanted, shape, path, aws_names)
    remaining = {
        name: each
        for name, each in wanted.items()
        if name not in found and aws_names.get((*path, name), name) != ""
    }
    found |= _match_by_name(remaining, members, noun)
    for rule in (_match_unwrapped, _match_by_prefix):
        found |= rule({name: each for name, each in remaining.items() if name not in found}, members)
    return found


def _match_by_override(
    wanted: Mapping[str, Argument], shape: Shape, path: Names, aws_names: Mapping[Names, str]
) -> dict[str, _Match]:
    """Match arguments whose members `aws_names` gives."""
    found: dict[str, _Match] = {}
    for name in wanted:
        steps = aws_names.get((*path, name), "").split("/")
        part: Shape | None = shape
        create_only = False
        for step in steps:
            inner = object_within(part) if part else None
            part = inner.members().get(step) if inner else None
            create_only = create_only or (part is not None and part.create_only)
        if part is not None:
            found[name] = _Match(part, steps[0], is_exact=True, create_only=create_only)
    return found


def _match_by_name(
    wanted: Mapping[str, Argument], members: Mapping[str, Shape], noun: str
) -> dict[str, _Match]:
    """Match arguments by name. Each member matches one argument, and exact matches win."""
    matcher = name_matcher(tuple(members), noun)
    matches = {name: each for name in wanted if (each := matcher.find(name))}
    taken = {each.name for each in matches.values() if each.is_exact}
    return {
        name: _Match(members[each.name], each.name, each.is_exact, members[each.name].create_only)
        for name, each in matches.items()
        if (each.is_exact or each.name not in taken) and _is_compatible(wanted[name], members[each.name])
    }


def _match_unwrapped(missing: Mapping[str, Argument], members: Mapping[str, Shape]) -> dict[str, _Match]:
    """Match arguments whose shapes are in an object that Terraform flattens."""
    found: dict[str, _Match] = {}
    for member, part in members.items():
        if part.kind != "object":
            continue
        inner = {
            name: replace(each, member=member, create_only=part.create_only or each.create_only)
            for name, each in _match_by_name(missing, part.members(), "").items()
            if each.is_exact and name not in found
        }
        if len(inner) >= _MIN_UNWRAPPED and len(inner) * 3 >= len(missing):
            found |= inner
    return found


def _match_by_prefix(missing: Mapping[str, Argument], members: Mapping[str, Shape]) -> dict[str, _Match]:
    """Match blocks that AWS flattens into members with the block's name as a prefix."""
    found: dict[str, _Match] = {}
    for name, argument in missing.items():
        prefix = normalize_name(name)
        inner = {
            normalize_name(member).removeprefix(prefix): shape
            for member, shape in members.items()
            if normalize_name(member).startswith(prefix) and normalize_name(member) != prefix
        }
        if nested_schema(argument) is not None and inner:
            shape = Shape("object", members=partial(dict, inner))
            found[name] = _Match(shape, name, is_exact=False, create_only=False)
    return found


def _is_compatible(argument: Argument, shape: Shape) -> bool:
    """Require a shape with members for an argument with nested arguments."""
    if nested_schema(argument) is not None:
        return object_within(shape) is not None
    if isinstance(argument, Attribute) and isinstance(argument.type, Primitive):
        return shape.kind != "array"
    return shape.kind not in SCALARS
