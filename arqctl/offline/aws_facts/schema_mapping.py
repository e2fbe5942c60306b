"""Walks a resource type's arguments and what AWS publishes of them, side by side."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from arqctl.offline.aws_facts.name_matching import speller_of, squashed
from arqctl.offline.aws_facts.shapes import SCALARS, Shape, object_within
from arqctl.offline.facts import Names
from arqctl.offline.schema.model import Attribute, Block, Nested, NestedBlock, Primitive

Argument = Attribute | NestedBlock

OURS = frozenset({"id", "region", "tags", "tags_all", "timeouts"})
"""What the provider adds to every resource by itself."""

_WRAPPED_ARGUMENTS = 2
"""So many arguments must be found in an object of AWS's for Terraform to have left that object out."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An argument and its shape.

    `member` is AWS's name of the outermost thing it stands in; `same` is whether the names agree; `fixed`
    whether changing it takes a new resource.
    """

    path: Names
    argument: Argument
    shape: Shape
    member: str
    same: bool
    fixed: bool


@dataclass(frozen=True, slots=True)
class _Found:
    shape: Shape
    member: str
    same: bool
    fixed: bool


def arguments(block: Block | Nested) -> Mapping[str, Argument]:
    """What a configuration may set in a block: attributes that aren't only computed, and blocks."""
    settable = {name: each for name, each in block.attributes.items() if each.required or each.optional}
    return {**settable, **(block.blocks if isinstance(block, Block) else {})}


def inside(argument: Argument) -> Block | Nested | None:
    """What stands in an argument that has arguments of its own."""
    return argument.block if isinstance(argument, NestedBlock) else argument.nested


def pairs(
    block: Block | Nested, shape: Shape, *, renamed: Mapping[Names, str], noun: str = ""
) -> Iterator[Pair]:
    """Every argument that has a shape, at every depth.

    `renamed` are the names that no rule finds: a member's name by the argument's path, with `/` into an
    object that Terraform leaves out, and "" where AWS has no such member. `noun` is what the shape describes.
    """
    wanted: Mapping[str, Argument] = {
        name: each for name, each in arguments(block).items() if name not in OURS
    }
    waiting: list[tuple[Names, Mapping[str, Argument], Shape, str, Pair | None]] = [
        ((), wanted, shape, noun, None)
    ]
    while waiting:
        path, wanted, shape, noun, outer = waiting.pop()
        for name, found in _found(wanted, shape, path, renamed, noun).items():
            member, fixed = (
                (outer.member, outer.fixed or found.fixed) if outer else (found.member, found.fixed)
            )
            pair = Pair((*path, name), wanted[name], found.shape, member, found.same, fixed)
            yield pair
            within, inner = inside(pair.argument), object_within(pair.shape)
            if within is not None and inner is not None:
                waiting.append((pair.path, arguments(within), inner, squashed(name), pair))


def _found(
    wanted: Mapping[str, Argument], shape: Shape, path: Names, renamed: Mapping[Names, str], noun: str
) -> dict[str, _Found]:
    members = {name: each for name, each in shape.members().items() if not each.answered}
    found = _told(wanted, shape, path, renamed)
    untold = {
        name: each
        for name, each in wanted.items()
        if name not in found and renamed.get((*path, name), name) != ""
    }
    found |= _spelled(untold, members, noun)
    for rule in (_unwrapped, _prefixed):
        found |= rule({name: each for name, each in untold.items() if name not in found}, members)
    return found


def _told(
    wanted: Mapping[str, Argument], shape: Shape, path: Names, renamed: Mapping[Names, str]
) -> dict[str, _Found]:
    """Arguments whose members are given by name."""
    found: dict[str, _Found] = {}
    for name in wanted:
        steps = renamed.get((*path, name), "").split("/")
        part: Shape | None = shape
        fixed = False
        for step in steps:
            inner = object_within(part) if part else None
            part = inner.members().get(step) if inner else None
            fixed = fixed or (part is not None and part.fixed)
        if part is not None:
            found[name] = _Found(part, steps[0], same=True, fixed=fixed)
    return found


def _spelled(wanted: Mapping[str, Argument], members: Mapping[str, Shape], noun: str) -> dict[str, _Found]:
    """Arguments by their own names; each member is for one argument, and the same name goes first."""
    speller = speller_of(tuple(members), noun)
    spelled = {name: each for name in wanted if (each := speller.find(name))}
    taken = {each.name for each in spelled.values() if each.same}
    return {
        name: _Found(members[each.name], each.name, each.same, members[each.name].fixed)
        for name, each in spelled.items()
        if (each.same or each.name not in taken) and _alike(wanted[name], members[each.name])
    }


def _unwrapped(missing: Mapping[str, Argument], members: Mapping[str, Shape]) -> dict[str, _Found]:
    """Arguments whose shapes stand in an object that Terraform leaves out."""
    found: dict[str, _Found] = {}
    for member, part in members.items():
        if part.kind != "object":
            continue
        inner = {
            name: replace(each, member=member, fixed=part.fixed or each.fixed)
            for name, each in _spelled(missing, part.members(), "").items()
            if each.same and name not in found
        }
        if len(inner) >= _WRAPPED_ARGUMENTS and len(inner) * 3 >= len(missing):
            found |= inner
    return found


def _prefixed(missing: Mapping[str, Argument], members: Mapping[str, Shape]) -> dict[str, _Found]:
    """Blocks whose arguments AWS has side by side, with the block's name before theirs."""
    found: dict[str, _Found] = {}
    for name, argument in missing.items():
        prefix = squashed(name)
        inner = {
            squashed(member).removeprefix(prefix): shape
            for member, shape in members.items()
            if squashed(member).startswith(prefix) and squashed(member) != prefix
        }
        if inside(argument) is not None and inner:
            shape = Shape("object", members=partial(dict, inner))
            found[name] = _Found(shape, name, same=False, fixed=False)
    return found


def _alike(argument: Argument, shape: Shape) -> bool:
    """Whether they can be the same thing: an argument with parts needs a shape with parts."""
    if inside(argument) is not None:
        return object_within(shape) is not None
    if isinstance(argument, Attribute) and isinstance(argument.type, Primitive):
        return shape.kind != "array"
    return shape.kind not in SCALARS
