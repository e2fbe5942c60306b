"""What is wrong with a configuration though each argument is right: arguments that don't go together.

Terraform itself has checked types, names, required arguments and how often a block stands by then.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.facts import Facts, Names
from arqctl.offline.planning.groups import Group, Kind
from arqctl.offline.planning.traversal import START, Way, elements, parts_of
from arqctl.offline.schema.model import Attribute, Block, Nested, NestedBlock
from arqctl.offline.values import Path, Unknown, Value

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class _Argument:
    """One member of a group where it stands. What is not known may still turn out to be unset."""

    name: str
    path: Path
    is_set: bool
    may_be_set: bool
    shown: str

    def __str__(self) -> str:
        return f"{self.name} = {self.shown}"


def validate(block: Block, groups: Sequence[Group], config: Value, facts: Facts) -> list[Diagnostic]:
    """What the groups find wrong. No value that is secret, by schema or facts, is in a message.

    An unknown value counts as set where one has to be, and as unset where it would be one too many, unless it
    surely is there. False counts as unset: it is how one says that a switch is not used.
    """
    problems = []
    for group in groups:
        for way, inner, fields in _reached(block, config, group.within, START):
            arguments = [_argument(inner, fields, way, group, each, facts) for each in group.members]
            if problem := _judged(group.kind, arguments, way.path):
                problems.append(problem)
    return problems


def _judged(kind: Kind, arguments: list[_Argument], path: Path) -> Diagnostic | None:
    present = [each for each in arguments if each.is_set]
    absent = [each for each in arguments if not each.may_be_set]
    names = _listed([each.name for each in arguments])
    match kind:
        case Kind.AT_MOST_ONE | Kind.EXACTLY_ONE if len(present) > 1:
            detail = f"Only one of {names} can be set; here are {_listed(present)}. Keep one."
            return Diagnostic("Conflicting arguments", detail, present[1].path)
        case Kind.EXACTLY_ONE | Kind.AT_LEAST_ONE if len(absent) == len(arguments):
            how_many = "Exactly one" if kind is Kind.EXACTLY_ONE else "At least one"
            detail = f"{how_many} of {names} has to be set, and none is. Set one."
            return Diagnostic("Missing argument", detail, path)
        case Kind.ALL_OR_NONE if present and absent:
            return _incomplete(present, absent)
        case Kind.NEEDS if arguments[0].is_set and absent:
            return _incomplete(present[:1], absent)
    return None


def _incomplete(present: list[_Argument], absent: list[_Argument]) -> Diagnostic:
    missing = _listed([each.name for each in absent])
    given = _listed([each.name for each in present])
    detail = f"{_listed(present)} can't go without {missing}. Set {missing} too, or leave out {given}."
    return Diagnostic("Missing argument", detail, present[0].path)


def _argument(block: Block, fields: Value, way: Way, group: Group, member: Names, facts: Facts) -> _Argument:
    names = member[len(group.within) :]
    found = list(_values(block, fields, names, way))
    there = [(at, value) for at, value in found if _is_set(value)]
    at, value = there[0] if there else (way.to(names[0]), None)
    attribute = _attribute(block, names)
    is_secret = member in facts.sensitive or (
        attribute is not None and (attribute.sensitive or attribute.write_only)
    )
    return _Argument(
        name=".".join(member),
        path=at.path,
        is_set=bool(there),
        may_be_set=bool(there) or any(isinstance(each, Unknown) for _, each in found),
        shown="(sensitive)" if is_secret else _shown(value),
    )


def _reached(block: Block, value: Value, within: Names, way: Way) -> Iterator[tuple[Way, Block, Value]]:
    """Yield each known block that names lead to."""
    if not isinstance(value, dict):
        return
    if not within:
        yield way, block, value
        return
    child = _child(block, within[0])
    if child is None:
        raise ValueError(f"{within[0]} has no arguments of its own, yet arguments of it are asked for")
    for at, element in elements(child.nesting, value.get(within[0]), way.to(within[0])):
        yield from _reached(parts_of(child), element, within[1:], at)


def _values(block: Block, value: Value, names: Names, way: Way) -> Iterator[tuple[Way, Value]]:
    """Yield every value of one argument, which may stand in blocks further down."""
    if not names or not isinstance(value, dict):
        yield way, value
        return
    part, at, child = value.get(names[0]), way.to(names[0]), _child(block, names[0])
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
        return f'"{value.prefix}…" (known after apply)' if value.prefix else "(known after apply)"
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(each, dict) for each in value)):
        return "{ … }"
    text = json.dumps(value, default=_plain, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _plain(value: object) -> str:
    return "(known after apply)" if isinstance(value, Unknown) else str(value)


def _listed(things: Sequence[object]) -> str:
    texts = [str(each) for each in things]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
