"""What the rules can't find out: `overrides.toml`, read and typed."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from arqctl.offline.facts import Constraint, Names

FILE = Path(__file__).with_name("overrides.toml")


@dataclass(frozen=True, slots=True)
class Service:
    """What a Terraform prefix such as `cloudwatch_log` means: CloudFormation's services, and an API."""

    cloudformation: tuple[str, ...] = ()
    api: str = ""


@dataclass(frozen=True, slots=True)
class TypeExceptions:
    """What is known of one type besides what is published.

    `cloudformation` and `operation` name what no rule finds ("" where there is none); `names` gives members
    by arguments; `replaces` and `keeps` correct what forces a new resource; `secret` adds what is sensitive;
    `any_case` are arguments whose values the provider takes in small and large letters; `limits` go before
    what is published.
    """

    cloudformation: str | None = None
    operation: str | None = None
    names: Mapping[Names, str] = field(default_factory=dict)
    replaces: frozenset[Names] = frozenset()
    keeps: frozenset[Names] = frozenset()
    secret: frozenset[Names] = frozenset()
    any_case: frozenset[Names] = frozenset()
    limits: Mapping[Names, Constraint] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exceptions:
    """The whole file. `sizes` names, by type and argument, cfn-lint's list of what exists in each region."""

    services: Mapping[str, Service]
    sizes: Mapping[str, Mapping[Names, str]]
    types: Mapping[str, TypeExceptions]

    def of(self, type_: str) -> TypeExceptions:
        """A type's exceptions; none for most."""
        return self.types.get(type_, NONE)


NONE = TypeExceptions()


@cache
def read_exceptions() -> Exceptions:
    """The exceptions that come with the tool."""
    document = tomllib.loads(FILE.read_text(encoding="utf-8"))
    services, sizes = document.pop("services"), document.pop("sizes")
    return Exceptions(
        services={prefix: _service(entry) for prefix, entry in services.items()},
        sizes={type_: {_names(path): file for path, file in entry.items()} for type_, entry in sizes.items()},
        types={type_: _type(entry) for type_, entry in document.items()},
    )


def _service(entry: Mapping[str, Any]) -> Service:
    return Service(tuple(entry.get("cloudformation", ())), entry.get("api", ""))


def _type(entry: Mapping[str, Any]) -> TypeExceptions:
    return TypeExceptions(
        cloudformation=entry.get("cloudformation"),
        operation=entry.get("operation"),
        names={_names(path): member for path, member in entry.get("names", {}).items()},
        replaces=_paths(entry, "replaces"),
        keeps=_paths(entry, "keeps"),
        secret=_paths(entry, "secret"),
        any_case=_paths(entry, "any_case"),
        limits={_names(path): _limit(limit) for path, limit in entry.get("limits", {}).items()},
    )


def _limit(entry: Mapping[str, Any]) -> Constraint:
    return Constraint("arq", **{**entry, "values": tuple(entry.get("values", ()))})


def _paths(entry: Mapping[str, Any], key: str) -> frozenset[Names]:
    return frozenset(map(_names, entry.get(key, ())))


def _names(path: str) -> Names:
    return tuple(path.split("."))
