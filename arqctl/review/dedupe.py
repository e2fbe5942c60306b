"""Groups what is equal in several environments, so that it is shown once.

Two values are equal when they differ only in the environment's own name, as a whole word. A grouped value has
`{env}` in its place.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from itertools import groupby
from typing import Generic, TypeVar

from pydantic import BaseModel

from arqctl.review.model import StackReview

ENVIRONMENT_PLACEHOLDER = "{env}"
"""Stands for the name of each environment."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class Grouped(Generic[_T]):
    """A value and the stacks that have it. With several stacks it contains `ENVIRONMENT_PLACEHOLDER`."""

    value: _T
    stacks: tuple[StackReview, ...]


def group_equal(
    stacks: Iterable[StackReview], values_of: Callable[[StackReview], Iterable[_T]]
) -> tuple[Grouped[_T], ...]:
    """Return each distinct value of the stacks once, in order of first appearance."""
    found: dict[_T, list[tuple[_T, StackReview]]] = defaultdict(list)
    given = tuple(stacks)
    for stack in given:
        for value in values_of(stack):
            key = _without_name(value, stack.environment) if len(given) > 1 else value
            found[key].append((value, stack))
    return tuple(_grouped(key, occurrences) for key, occurrences in found.items())


def group_stacks(stacks: Iterable[StackReview]) -> tuple[Grouped[StackReview], ...]:
    """Return groups of stacks with equal changes. Fingerprints, costs and diagrams may differ."""
    given = tuple(stacks)
    candidates: dict[Hashable, list[StackReview]] = defaultdict(list)
    for stack in given:
        candidates[_outline(stack)].append(stack)
    found = [
        each
        for group in candidates.values()
        for each in group_equal(group, lambda stack: (_comparable(stack),))
    ]
    return tuple(sorted(found, key=lambda each: given.index(each.stacks[0])))


def _grouped(key: _T, occurrences: list[tuple[_T, StackReview]]) -> Grouped[_T]:
    """Return the group. A value of a single stack keeps the environment's name."""
    stacks = tuple(next(those)[1] for _, those in groupby(occurrences, key=lambda each: id(each[1])))
    return Grouped(key if len(stacks) > 1 else occurrences[0][0], stacks)


def _outline(stack: StackReview) -> Hashable:
    """Return a key that is cheap to compare, so that only likely matches are compared in full."""
    parts = (stack.dangers, stack.access_changes, stack.changes, stack.moves, stack.imports, stack.drift)
    return stack.counts, tuple(map(len, parts))


def _comparable(stack: StackReview) -> StackReview:
    policy = stack.policy and replace(stack.policy, passed=0)
    return replace(stack, fingerprint="", cost=None, diagram="", policy=policy)


def _without_name(value: _T, name: str) -> _T:
    """Return the same record with `ENVIRONMENT_PLACEHOLDER` for each word that is the name."""
    if not name:
        return value
    word = re.compile(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])")
    renamed: _T = _map_texts(
        value, lambda text: word.sub(ENVIRONMENT_PLACEHOLDER, text) if name in text else text
    )
    return renamed


def _map_texts(value: _T, function: Callable[[str], str]) -> _T:
    result: object = value
    match value:
        case Enum():
            pass
        case str():
            result = function(value)
        case tuple():
            result = tuple(_map_texts(each, function) for each in value)
        case BaseModel():
            names = type(value).model_fields
            result = value.model_copy(
                update={name: _map_texts(getattr(value, name), function) for name in names}
            )
        case _ if is_dataclass(value) and not isinstance(value, type):
            names_of = (field.name for field in fields(value))
            result = replace(value, **{name: _map_texts(getattr(value, name), function) for name in names_of})
    return result  # type: ignore[return-value]  # each case returns its own type
