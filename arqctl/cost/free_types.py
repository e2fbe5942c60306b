"""Resource types that are free, and types that only cost by usage, from free_types.toml."""

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict


class _TypeLists(BaseModel):
    model_config = ConfigDict(extra="forbid")

    free: frozenset[str]
    usage_based: dict[str, str]


def is_free(type_: str) -> bool:
    """Return whether AWS never charges for a resource of this type."""
    return type_ in _type_lists().free


def usage_charges(type_: str) -> str:
    """Return what a type that only costs by usage is charged for, such as "requests"; "" for other types."""
    return _type_lists().usage_based.get(type_, "")


@cache
def _type_lists() -> _TypeLists:
    text = files("arqctl.cost").joinpath("free_types.toml").read_text(encoding="utf-8")
    return _TypeLists.model_validate(tomllib.loads(text))
