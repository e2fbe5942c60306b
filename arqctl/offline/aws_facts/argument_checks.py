"""Checks a resource's configuration against the published constraints of its type."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TypeGuard

from arqctl.offline.aws_facts.schema_mapping import Argument, nested_schema, settable_arguments
from arqctl.offline.aws_facts.value_checks import Scalar, count_violation, violation
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.facts import Constraint, Facts, Names
from arqctl.offline.schema.model import Attribute, Block, Nested, NestedBlock, Nesting
from arqctl.offline.types import Collection
from arqctl.offline.values import Path, Value

_PUBLISHERS = {"arq": "offline AWS"}


def check_arguments(facts: Facts, block: Block, config: Mapping[str, Value]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each value that AWS would reject. Null, unknown and empty values are skipped."""
    yield from _check_block(facts, block, config, (), ())


def _check_block(
    facts: Facts, block: Block | Nested, config: Mapping[str, Value], names: Names, path: Path
) -> Iterator[Diagnostic]:
    for name, argument in settable_arguments(block).items():
        value = config.get(name)
        if value is not None:
            yield from _check_argument(facts, argument, value, (*names, name), (*path, name))


def _check_argument(
    facts: Facts, argument: Argument, value: Value, names: Names, path: Path
) -> Iterator[Diagnostic]:
    constraint = facts.constraints.get(names)
    if constraint and isinstance(value, list) and (problem := count_violation(len(value), constraint)):
        yield _diagnostic(facts, constraint, names, path, f"a list of {len(value)}", problem)
    nested = nested_schema(argument)
    for each, place in _elements(argument, value, path):
        if nested is not None and isinstance(each, dict):
            yield from _check_block(facts, nested, each, names, place)
        if nested is None and constraint is not None and _is_checkable(each, argument):
            got = "a secret value" if names in facts.sensitive else json.dumps(each, default=str)
            if problem := violation(each, constraint):
                yield _diagnostic(facts, constraint, names, place, got, problem)


def _elements(argument: Argument, value: Value, path: Path) -> Iterator[tuple[Value, Path]]:
    """Yield each value in an argument with its path. Elements of sets share the path of the set."""
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


def _is_checkable(value: Value, argument: Argument) -> TypeGuard[Scalar]:
    """Skip empty strings and zeros in optional arguments: the provider treats them as no value."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return False
    return bool(value) or (value == 0 and isinstance(argument, Attribute) and argument.required)


def _diagnostic(
    facts: Facts, constraint: Constraint, names: Names, path: Path, got: str, problem: str
) -> Diagnostic:
    argument = ".".join(names)
    publisher = _PUBLISHERS.get(constraint.source, constraint.source)
    type_note = f" for {facts.cloudformation}" if constraint.source == "CloudFormation" else ""
    return Diagnostic(
        summary=f"AWS does not accept this {names[-1]}",
        detail=f"{argument} is {got}. AWS {problem} (source: {publisher}{type_note}). Change {argument}.",
        path=path,
    )
