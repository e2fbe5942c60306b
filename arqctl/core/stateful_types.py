"""What holds data or identity, and what is lost with it: one list of resource types, in stateful_types.toml.

The gate's address contract and the review's list of dangers both stand on it, so that a type which one of
them knows is never news to the other.
"""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files


class Loss(StrEnum):
    """What kind of thing is lost. In this order: the first is the worst."""

    KEYS = "keys"
    DATA = "data"
    EVIDENCE = "evidence"
    IDENTITY = "identity"
    ADDRESS = "address"
    GROUND = "ground"
    MADE_AGAIN = "made_again"


@dataclass(frozen=True, slots=True)
class Holding:
    """What a resource of a type holds: the kind of loss, and what is lost, in a few words."""

    loss: Loss
    what: str


def holding(type_: str) -> Holding | None:
    """What is lost with a resource of this type, or None where the list doesn't have it."""
    return _holdings().get(type_)


def is_stateful(address: str) -> bool:
    """Whether an address names a resource that can't be made again as it was."""
    held = holding(address.split(".", 1)[0])
    return held is not None and held.loss is not Loss.MADE_AGAIN


@cache
def _holdings() -> dict[str, Holding]:
    text = files("arqctl.core").joinpath("stateful_types.toml").read_text(encoding="utf-8")
    return {
        type_: Holding(Loss(loss), what)
        for loss, types in tomllib.loads(text).items()
        for type_, what in types.items()
    }
