"""Holds a resource's configuration against the constraints that are published for its type."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TypeGuard

from arqctl.offline.aws_facts.schema_mapping import Argument, arguments, inside
from arqctl.offline.aws_facts.value_checks import Scalar, count_fault, fault
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.facts import Constraint, Facts, Names
from arqctl.offline.schema.model import Attribute, Block, Collection, Nested, NestedBlock, Nesting
from arqctl.offline.values import Path, Value

_PUBLISHERS = {"arq": "the rules of offline AWS"}


def findings(facts: Facts, block: Block, config: Mapping[str, Value]) -> Iterator[Diagnostic]:
    """What AWS would refuse in a configuration. What is null, unknown or left empty isn't judged."""
    yield from _in_block(facts, block, config, (), ())


def _in_block(
    facts: Facts, block: Block | Nested, config: Mapping[str, Value], names: Names, path: Path
) -> Iterator[Diagnostic]:
    for name, argument in arguments(block).items():
        value = config.get(name)
        if value is not None:
            yield from _in_argument(facts, argument, value, (*names, name), (*path, name))


def _in_argument(
    facts: Facts, argument: Argument, value: Value, names: Names, path: Path
) -> Iterator[Diagnostic]:
    constraint = facts.constraints.get(names)
    if constraint and isinstance(value, list) and (complaint := count_fault(len(value), constraint)):
        yield _diagnostic(facts, constraint, names, path, f"{len(value)} of them", complaint)
    within = inside(argument)
    for each, place in _elements(argument, value, path):
        if within is not None and isinstance(each, dict):
            yield from _in_block(facts, within, each, names, place)
        if within is None and constraint is not None and _is_judged(each, argument):
            got = "a secret value" if names in facts.sensitive else json.dumps(each, default=str)
            if complaint := fault(each, constraint):
                yield _diagnostic(facts, constraint, names, place, got, complaint)


def _elements(argument: Argument, value: Value, path: Path) -> Iterator[tuple[Value, Path]]:
    """The values in an argument, each with its place; elements of sets have no place of their own."""
    if isinstance(value, list):
        for at, each in enumerate(value):
            yield each, path if _is_set(argument) else (*path, at)
    elif isinstance(value, dict) and _is_map(argument):
        for key, each in value.items():
            yield each, (*path, key)
    else:
        yield value, path


def _is_set(argument: Argument) -> bool:
    if isinstance(argument, NestedBlock):
        return argument.nesting is Nesting.SET
    if argument.nested is not None:
        return argument.nested.nesting is Nesting.SET
    return isinstance(argument.type, Collection) and argument.type.kind == "set"


def _is_map(argument: Argument) -> bool:
    if isinstance(argument, NestedBlock):
        return argument.nesting is Nesting.MAP
    if argument.nested is not None:
        return argument.nested.nesting is Nesting.MAP
    return isinstance(argument.type, Collection) and argument.type.kind == "map"


def _is_judged(value: Value, argument: Argument) -> TypeGuard[Scalar]:
    """Empty texts, and zeros where none is required, mean the same to the provider as no value."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return False
    return bool(value) or (value == 0 and isinstance(argument, Attribute) and argument.required)


def _diagnostic(
    facts: Facts, constraint: Constraint, names: Names, path: Path, got: str, complaint: str
) -> Diagnostic:
    argument = ".".join(names)
    publisher = _PUBLISHERS.get(constraint.source, constraint.source)
    thing = f" for {facts.cloudformation}" if constraint.source == "CloudFormation" else ""
    return Diagnostic(
        summary=f"AWS does not take this {names[-1]}",
        detail=f"{argument} is {got}. AWS {complaint}, says {publisher}{thing}. Change {argument}.",
        path=path,
    )
