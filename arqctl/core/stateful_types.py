"""Resource types that hold data or identity, and types that hold nothing.

stateful_types.toml and harmless_types.toml have the lists. A type in neither is unknown.
"""

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any


class DataLossKind(StrEnum):
    """Kinds of loss, the most severe first. `UNKNOWN` is the loss of a type that no list has."""

    KEYS = "keys"
    DATA = "data"
    EVIDENCE = "evidence"
    IDENTITY = "identity"
    UNKNOWN = "unknown"
    ADDRESS = "address"
    NETWORK = "network"
    RECREATABLE = "recreatable"


@dataclass(frozen=True, slots=True)
class StatefulType:
    """The loss of a resource of a type: its kind, and a description in a few words."""

    loss: DataLossKind
    what: str


def stateful_type(type_: str) -> StatefulType | None:
    """Return the loss of a resource of this type, or None if the list doesn't have it."""
    return _stateful_types().get(type_)


def is_harmless(type_: str) -> bool:
    """Return whether a resource of this type is known to hold neither data nor identity."""
    if type_ in _harmless_types():
        return True
    is_exception = type_ in _harmless_suffixes()["exceptions"]
    return not is_exception and any(suffix.search(type_) for suffix in _suffix_patterns())


def is_stateful(address: str) -> bool:
    """Return whether an address names a resource that can't be recreated with the same content."""
    found = stateful_type(address.split(".", 1)[0])
    return found is not None and found.loss is not DataLossKind.RECREATABLE


@cache
def _stateful_types() -> dict[str, StatefulType]:
    return {
        type_: StatefulType(DataLossKind(loss), what)
        for loss, types in _document("stateful_types.toml").items()
        for type_, what in types.items()
    }


@cache
def _harmless_types() -> frozenset[str]:
    providers = _document("harmless_types.toml")["types"]
    return frozenset(f"{provider}_{name}" for provider, names in providers.items() for name in names)


@cache
def _suffix_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    suffixes = _harmless_suffixes()
    providers, of_any, of_aws = (
        "|".join(map(re.escape, suffixes[key])) for key in ("providers", "any", "aws")
    )
    return (
        re.compile(rf"^(?:{providers})_(?:.+_)?(?:{of_any})(?:_v[0-9][0-9a-z]*)?$"),
        re.compile(rf"^aws_(?:.+_)?(?:{of_aws})$"),
    )


@cache
def _harmless_suffixes() -> dict[str, list[str]]:
    suffixes: dict[str, list[str]] = _document("harmless_types.toml")["suffixes"]
    return suffixes


def _document(name: str) -> dict[str, Any]:
    return tomllib.loads(files("arqctl.core").joinpath(name).read_text(encoding="utf-8"))
