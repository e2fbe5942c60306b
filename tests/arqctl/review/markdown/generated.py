"""Generates reviews with hostile texts from their types, so that new fields are covered too."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from random import Random
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from arqctl.review.model import Review
from tests.arqctl.review.markdown.rendered import HOSTILE

_MAX_ELEMENTS = 3
"""Maximum number of elements of a tuple."""


def hostile_review(seed: int) -> Review:
    """Return a review, the same for the same seed."""
    generated = _generate(Review, Random(seed))  # noqa: S311 - no secret is made of it
    assert isinstance(generated, Review)
    return generated


def _generate(kind: Any, random: Random) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _generate(arguments[0], random)
    if origin is Literal:
        return random.choice(arguments)
    if origin in (Union, UnionType):
        return _generate(random.choice(arguments), random)
    if origin is tuple:
        kinds = arguments[:1] * random.randint(0, _MAX_ELEMENTS) if arguments[-1] is Ellipsis else arguments
        return tuple(_generate(each, random) for each in kinds)
    return _plain(kind, random)


def _plain(kind: Any, random: Random) -> Any:
    if kind in _PLAIN:
        return _PLAIN[kind](random)
    if issubclass(kind, Enum):
        return random.choice(list(kind))
    return kind(**{name: _generate(hint, random) for name, hint in _hints(kind).items()})


_PLAIN: dict[Any, Callable[[Random], Any]] = {
    str: lambda random: "".join(random.choices(HOSTILE, k=random.randint(0, 5))),
    bool: lambda random: random.random() < 0.5,
    int: lambda random: random.randint(0, 10**6),
    Decimal: lambda random: Decimal(random.randint(-(10**9), 10**9)) / 100,
    date: lambda random: date(2026, 1, 1) + timedelta(days=random.randint(0, 700)),
    NoneType: lambda random: None,
}


def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=True)
    if issubclass(kind, BaseModel):
        return {name: hints[name] for name in kind.model_fields}
    assert is_dataclass(kind), kind
    return {field.name: hints[field.name] for field in fields(kind)}
