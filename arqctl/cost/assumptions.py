"""Assumed usage of a month, from assumptions.toml."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

from arqctl.core.errors import InputError, Problem

_ALL = Decimal(1)
_STANDBY = Decimal("0.05")
_STANDBY_STACK = re.compile(r".*-standby(-platform)?")


class Assumption(BaseModel):
    """A value with its unit and reason. The other fields are those of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: Decimal = Field(ge=0)
    unit: str = Field(min_length=1)
    why: str = Field(min_length=1)
    names: dict[str, Decimal] = {}
    environments: dict[str, Decimal] = {}
    standby: Decimal = Field(default=_STANDBY, ge=0)


@dataclass(frozen=True)
class AssumedValue:
    """A value that an environment has, for resources with a name that matches `names`."""

    name: str
    names: str
    value: Decimal
    unit: str
    why: str


@dataclass(frozen=True)
class Assumptions:
    """The assumed usage of an environment, or of its standby. Without entries, everything is unused."""

    entries: Mapping[str, Assumption] = field(default_factory=dict)
    environment: str = ""
    is_standby: bool = False

    def for_stack(self, stack: str) -> "Assumptions":
        """Return the assumptions for a stack: those of the standby, by its name, or these."""
        return replace(self, is_standby=_STANDBY_STACK.fullmatch(stack) is not None)

    def value(self, name: str, resource_name: str = "") -> Decimal:
        """Return an assumed value, which may depend on the name of the resource; 0 without entries.

        Raises:
            KeyError: if the file has no such entry.
        """
        if not self.entries:
            return Decimal(0)
        entry = self.entries[name]
        names = (resource_name, f"{self.environment}/{resource_name}")
        matching = (
            each for pattern, each in entry.names.items() if any(fnmatchcase(name, pattern) for name in names)
        )
        return next(matching, entry.value) * self._share(entry)

    def override(self, given: Iterable[str]) -> "Assumptions":
        """Return these assumptions with the values of `NAME=VALUE`, for all resources.

        Raises:
            InputError: for each unknown name and invalid value.
        """
        changed, problems = dict(self.entries), []
        for text in given:
            name, _, value = text.partition("=")
            try:
                number = Decimal(value)
            except InvalidOperation:
                number = Decimal(-1)
            if name not in self.entries:
                fix = "Choose a name from `arqctl cost ENV --assumptions`"
                problems.append(Problem(f"--assume {text}", f"{name!r} is not an assumption", fix))
            elif not number.is_finite() or number < 0:
                fix = "Write NAME=NUMBER, such as nat_gib=200"
                problems.append(Problem(f"--assume {text}", "must have a number from 0", fix))
            else:
                own = {"value": number, "names": {}, "environments": {}, "standby": _ALL}
                changed[name] = self.entries[name].model_copy(update=own)
        if problems:
            raise InputError(problems)
        return replace(self, entries=changed)

    def __iter__(self) -> Iterator[AssumedValue]:
        """Yield all values of the environment in the order of the file."""
        for name, entry in self.entries.items():
            share = self._share(entry)
            for pattern, value in (*entry.names.items(), ("", entry.value)):
                yield AssumedValue(name, pattern, value * share, entry.unit, entry.why)

    def _share(self, entry: Assumption) -> Decimal:
        share = entry.environments.get(self.environment, _ALL)
        return share * entry.standby if self.is_standby else share


NO_USAGE = Assumptions()


def assumptions_of(environment: str) -> Assumptions:
    """Return the assumed usage of an environment."""
    return Assumptions(_entries(), environment)


@cache
def _entries() -> dict[str, Assumption]:
    text = files("arqctl.cost").joinpath("assumptions.toml").read_text(encoding="utf-8")
    parsed = tomllib.loads(text, parse_float=Decimal)
    return {name: Assumption.model_validate(entry) for name, entry in parsed.items()}
