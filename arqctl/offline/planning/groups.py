"""Groups of arguments that exclude or require each other, which a schema does not express.

The data is in `groups.toml`. A dot separates a block from its argument; such a group applies to each block
separately.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from arqctl.offline.facts import Names


class Kind(StrEnum):
    """Number of members of a group that may or must be set. In `NEEDS`, the first requires all others."""

    EXACTLY_ONE = "exactly_one"
    AT_LEAST_ONE = "at_least_one"
    AT_MOST_ONE = "at_most_one"
    ALL_OR_NONE = "all_or_none"
    NEEDS = "needs"


@dataclass(frozen=True, slots=True)
class Group:
    """Related arguments. Their names start at the top level of the resource."""

    kind: Kind
    members: tuple[Names, ...]

    @property
    def within(self) -> Names:
        """The names of the blocks that contain all members; empty at the top level."""
        shared: list[str] = []
        for names in zip(*(member[:-1] for member in self.members), strict=False):
            if len(set(names)) > 1:
                break
            shared.append(names[0])
        return tuple(shared)


def groups_of(type_name: str) -> tuple[Group, ...]:
    """Return the groups of a resource type, or none for a type without data."""
    return tuple(
        Group(Kind(kind), tuple(tuple(member.split(".")) for member in members))
        for kind, each in known_groups().get(type_name, {}).items()
        for members in each
    )


@cache
def known_groups() -> Mapping[str, Mapping[str, list[list[str]]]]:
    """Return the data file: the members of each group, by resource type and kind."""
    return tomllib.loads(files(__package__).joinpath("groups.toml").read_text("utf-8"))
