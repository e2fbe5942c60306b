"""Types that cost nothing by themselves, and types that cost by use alone: one list, in free_types.toml."""

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict


class _Free(BaseModel):
    model_config = ConfigDict(extra="forbid")

    types: frozenset[str]


class _Standing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    free: _Free
    usage: dict[str, str]


def is_free(type_: str) -> bool:
    """Whether nothing is charged for a resource of this type, however it is set up and used."""
    return type_ in _standing().free.types


def metered(type_: str) -> str:
    """What is charged for a type where nothing is due without use, such as "requests"; "" for any other."""
    return _standing().usage.get(type_, "")


@cache
def _standing() -> _Standing:
    text = files("arqctl.cost").joinpath("free_types.toml").read_text(encoding="utf-8")
    return _Standing.model_validate(tomllib.loads(text))
