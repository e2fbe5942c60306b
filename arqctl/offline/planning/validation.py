"""Validates a configuration beyond Terraform's own checks.

Terraform has already checked types, names, required arguments and the number of blocks. It accepts null for a
required argument, values for computed attributes, and arguments that exclude each other.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from arqctl.core.json_access import KNOWN_AFTER_APPLY
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.facts import Facts, Names
from arqctl.offline.planning.groups import Group, Kind
from arqctl.offline.planning.traversal import ROOT, AttributeValue, Location, elements, parts_of, walk
from arqctl.offline.schema.model import Attribute, Block, Nested, NestedBlock
from arqctl.offline.values import Path, Unknown, Value

_MAX_SHOWN_LENGTH = 60


@dataclass(frozen=True, slots=True)
class _Argument:
    """One member of a group with its value. `may_be_set` is true for an unknown that could still be null."""

    name: str
    path: Path
    is_set: bool
    may_be_set: bool
    shown: str

    def __str__(self) -> str:
        return f"{self.name} = {self.shown}"


def validate_arguments(block: Block, config: Value) -> list[Diagnostic]:
    """Return problems of single arguments, at any depth: null if required, or set though only computed."""
    return [problem for each in walk(block, config) for problem in _argument_problems(each)]


def _argument_problems(value: AttributeValue) -> Iterator[Diagnostic]:
    attribute, name = value.attribute, ".".join(value.names)
    if attribute.required and value.value is None:
        detail = f"{name} is required, got null. Set a value."
        yield Diagnostic("Missing argument", detail, value.path)
    if attribute.computed and not attribute.optional and value.value is not None:
        detail = f"{name} is a read-only attribute that AWS computes. Remove it."
        yield Diagnostic("Read-only attribute", detail, value.path)


def validate_groups(block: Block, groups: Sequence[Group], config: Value, facts: Facts) -> list[Diagnostic]:
    """Return violations of the groups. Messages contain no value that is secret by schema or facts.

    An unknown value counts as set where a value is required, and as unset where it would be one too many,
    unless it is definitely not null. False counts as unset, because it turns a feature off.
    """
    problems = []
    for group in groups:
        for location, inner, fields in _blocks_within(block, config, group.within, ROOT):
            arguments = [_argument(inner, fields, location, group, each, facts) for each in group.members]
            if problem := _violation(group.kind, arguments, location.path):
                problems.append(problem)
    return problems


def _violation(kind: Kind, arguments: list[_Argument], path: Path) -> Diagnostic | None:
    present = [each for each in arguments if each.is_set]
    absent = [each for each in arguments if not each.may_be_set]
    names = _listed([each.name for each in arguments])
    match kind:
        case Kind.AT_MOST_ONE | Kind.EXACTLY_ONE if len(present) > 1:
            detail = f"Only one of {names} can be set, got {_listed(present)}. Keep one."
            return Diagnostic("Conflicting arguments", detail, present[1].path)
        case Kind.EXACTLY_ONE | Kind.AT_LEAST_ONE if len(absent) == len(arguments):
            how_many = "Exactly one" if kind is Kind.EXACTLY_ONE else "At least one"
            detail = f"{how_many} of {names} must be set, got none. Set one."
            return Diagnostic("Missing argument", detail, path)
        case Kind.ALL_OR_NONE if present and absent:
            return _incomplete(present, absent)
        case Kind.NEEDS if arguments[0].is_set and absent:
            return _incomplete(present[:1], absent)
    return None


def _incomplete(present: list[_Argument], absent: list[_Argument]) -> Diagnostic:
    missing = _listed([each.name for each in absent])
    given = _listed([each.name for each in present])
    detail = f"{_listed(present)} requires {missing}. Set {missing} too, or remove {given}."
    return Diagnostic("Missing argument", detail, present[0].path)


def _argument(
    block: Block, fields: Value, location: Location, group: Group, member: Names, facts: Facts
) -> _Argument:
    names = member[len(group.within) :]
    found = list(_values(block, fields, names, location))
    set_values = [(at, value) for at, value in found if _is_set(value)]
    at, value = set_values[0] if set_values else (location.to(names[0]), None)
    attribute = _attribute(block, names)
    is_secret = member in facts.sensitive or (
        attribute is not None and (attribute.sensitive or attribute.write_only)
    )
    return _Argument(
        name=".".join(member),
        path=at.path,
        is_set=bool(set_values),
        may_be_set=bool(set_values) or any(isinstance(each, Unknown) for _, each in found),
        shown="(sensitive)" if is_secret else _shown(value),
    )


def _blocks_within(
    block: Block, value: Value, within: Names, location: Location
) -> Iterator[tuple[Location, Block, Value]]:
    """Yield each known block at the path `within`."""
    if not isinstance(value, dict):
        return
    if not within:
        yield location, block, value
        return
    child = _child(block, within[0])
    if child is None:
        raise ValueError(f"{within[0]} is not a block, so it has no arguments")
    for at, element in elements(child.nesting, value.get(within[0]), location.to(within[0])):
        yield from _blocks_within(parts_of(child), element, within[1:], at)


def _values(block: Block, value: Value, names: Names, location: Location) -> Iterator[tuple[Location, Value]]:
    """Yield every value of one argument, which may be within nested blocks."""
    if not names or not isinstance(value, dict):
        yield location, value
        return
    part, at, child = value.get(names[0]), location.to(names[0]), _child(block, names[0])
    if len(names) == 1 or child is None or isinstance(part, Unknown):
        yield at, part
        return
    for to, element in elements(child.nesting, part, at):
        yield from _values(parts_of(child), element, names[1:], to)


def _child(block: Block, name: str) -> NestedBlock | Nested | None:
    return block.blocks.get(name) or block.attributes[name].nested


def _attribute(block: Block, names: Names) -> Attribute | None:
    for name in names[:-1]:
        child = _child(block, name)
        if child is None:
            return None
        block = parts_of(child)
    return block.attributes.get(names[-1])


def _is_set(value: Value) -> bool:
    if isinstance(value, Unknown):
        return value.not_null or value.prefix != ""
    return value is not None and value is not False and value != []


def _shown(value: Value) -> str:
    if isinstance(value, Unknown):
        return f'"{value.prefix}…" {KNOWN_AFTER_APPLY}' if value.prefix else KNOWN_AFTER_APPLY
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(each, dict) for each in value)):
        return "{ … }"
    text = json.dumps(value, default=_plain, ensure_ascii=False)
    return text if len(text) <= _MAX_SHOWN_LENGTH else f"{text[:_MAX_SHOWN_LENGTH]}…"


def _plain(value: object) -> str:
    return KNOWN_AFTER_APPLY if isinstance(value, Unknown) else str(value)


def _listed(things: Sequence[object]) -> str:
    texts = [str(each) for each in things]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
