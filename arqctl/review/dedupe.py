"""What is alike in several environments, told once.

Two are alike when they differ in nothing but the environment's own name, wherever it stands as a word. In
what is told once, `{env}` stands for it.
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

OWN_NAME = "{env}"
"""What stands for the name of each environment."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class Alike(Generic[_T]):
    """What was found in each of these stacks. `told` has `OWN_NAME` in it where there are several."""

    told: _T
    stacks: tuple[StackReview, ...]


def alike(stacks: Iterable[StackReview], of: Callable[[StackReview], Iterable[_T]]) -> tuple[Alike[_T], ...]:
    """What `of` gives for the stacks, each once, in the order it is first met."""
    found: dict[_T, list[tuple[_T, StackReview]]] = defaultdict(list)
    given = tuple(stacks)
    for stack in given:
        for each in of(stack):
            found[_nameless(each, stack.environment) if len(given) > 1 else each].append((each, stack))
    return tuple(_alike(told, met) for told, met in found.items())


def merged(stacks: Iterable[StackReview]) -> tuple[Alike[StackReview], ...]:
    """Stacks that change alike. Fingerprints, costs, pictures and what passed the gate needn't be equal."""
    given = tuple(stacks)
    likely: dict[Hashable, list[StackReview]] = defaultdict(list)
    for stack in given:
        likely[_outline(stack)].append(stack)
    found = [each for group in likely.values() for each in alike(group, lambda stack: (_changing(stack),))]
    return tuple(sorted(found, key=lambda each: given.index(each.stacks[0])))


def _alike(told: _T, met: list[tuple[_T, StackReview]]) -> Alike[_T]:
    """One that stands alone keeps its own words."""
    stacks = tuple(next(those)[1] for _, those in groupby(met, key=lambda each: id(each[1])))
    return Alike(told if len(stacks) > 1 else met[0][0], stacks)


def _outline(stack: StackReview) -> Hashable:
    """What is quickly compared, so that only likely ones are compared in whole."""
    told = (stack.dangers, stack.broadened, stack.changes, stack.moves, stack.imports, stack.drift)
    return stack.counts, tuple(map(len, told))


def _changing(stack: StackReview) -> StackReview:
    judged = stack.judged and replace(stack.judged, passed=0)
    return replace(stack, fingerprint="", cost=None, picture="", judged=judged)


def _nameless(value: _T, name: str) -> _T:
    """The same record with `OWN_NAME` for each word that is the name."""
    if not name:
        return value
    word = re.compile(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])")
    renamed: _T = _renamed(value, lambda text: word.sub(OWN_NAME, text) if name in text else text)
    return renamed


def _renamed(value: _T, rename: Callable[[str], str]) -> _T:
    result: object = value
    match value:
        case Enum():
            pass
        case str():
            result = rename(value)
        case tuple():
            result = tuple(_renamed(each, rename) for each in value)
        case BaseModel():
            result = value.model_copy(
                update={field: _renamed(getattr(value, field), rename) for field in type(value).model_fields}
            )
        case _ if is_dataclass(value) and not isinstance(value, type):
            result = replace(
                value, **{field.name: _renamed(getattr(value, field.name), rename) for field in fields(value)}
            )
    return result  # type: ignore[return-value]  # each case gives back its own type
