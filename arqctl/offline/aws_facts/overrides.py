"""Reads `overrides.toml`: facts and names that can't be derived from the published schemas."""

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
    """CloudFormation services and API of a Terraform type prefix such as `cloudwatch_log`."""

    cloudformation: tuple[str, ...] = ()
    api: str = ""


@dataclass(frozen=True, slots=True)
class TypeOverrides:
    """Overrides for one resource type.

    - `cloudformation`, `operation`: the CloudFormation type and the API operation ("" if there is none).
    - `names`: AWS's member by Terraform argument.
    - `forces_replacement`, `updates_in_place`: corrections of what forces replacement.
    - `sensitive`: additional sensitive arguments.
    - `case_insensitive`: arguments whose values the provider accepts in any case.
    - `constraints`: constraints that replace the published ones.
    """

    cloudformation: str | None = None
    operation: str | None = None
    names: Mapping[Names, str] = field(default_factory=dict)
    forces_replacement: frozenset[Names] = frozenset()
    updates_in_place: frozenset[Names] = frozenset()
    sensitive: frozenset[Names] = frozenset()
    case_insensitive: frozenset[Names] = frozenset()
    constraints: Mapping[Names, Constraint] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Overrides:
    """All overrides.

    `instance_sizes` names cfn-lint's file of the values of each region, by type and argument.
    """

    services: Mapping[str, Service]
    instance_sizes: Mapping[str, Mapping[Names, str]]
    types: Mapping[str, TypeOverrides]

    def of(self, type_: str) -> TypeOverrides:
        """Return a type's overrides."""
        return self.types.get(type_, NO_OVERRIDES)


NO_OVERRIDES = TypeOverrides()


@cache
def read_overrides() -> Overrides:
    """Read the packaged overrides."""
    document = tomllib.loads(FILE.read_text(encoding="utf-8"))
    services, instance_sizes = document.pop("services"), document.pop("instance_sizes")
    return Overrides(
        services={prefix: _read_service(entry) for prefix, entry in services.items()},
        instance_sizes={
            type_: {_split_path(path): file for path, file in entry.items()}
            for type_, entry in instance_sizes.items()
        },
        types={type_: _read_type(entry) for type_, entry in document.items()},
    )


def _read_service(entry: Mapping[str, Any]) -> Service:
    return Service(tuple(entry.get("cloudformation", ())), entry.get("api", ""))


def _read_type(entry: Mapping[str, Any]) -> TypeOverrides:
    return TypeOverrides(
        cloudformation=entry.get("cloudformation"),
        operation=entry.get("operation"),
        names={_split_path(path): member for path, member in entry.get("names", {}).items()},
        forces_replacement=_paths(entry, "forces_replacement"),
        updates_in_place=_paths(entry, "updates_in_place"),
        sensitive=_paths(entry, "sensitive"),
        case_insensitive=_paths(entry, "case_insensitive"),
        constraints={
            _split_path(path): _read_constraint(constraint)
            for path, constraint in entry.get("constraints", {}).items()
        },
    )


def _read_constraint(entry: Mapping[str, Any]) -> Constraint:
    return Constraint("arq", **{**entry, "values": tuple(entry.get("values", ()))})


def _paths(entry: Mapping[str, Any], key: str) -> frozenset[Names]:
    return frozenset(map(_split_path, entry.get(key, ())))


def _split_path(path: str) -> Names:
    return tuple(path.split("."))
