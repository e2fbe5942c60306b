"""Which arguments of a resource exclude or need each other: what its schema can't say.

The data is `groups.toml`. A dot leads into a block: such a group speaks of each of its blocks on its own.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from arqctl.offline.facts import Names


class Kind(StrEnum):
    """How many of a group may be set, or have to be. Of `NEEDS`, the first takes all others along."""

    EXACTLY_ONE = "exactly_one"
    AT_LEAST_ONE = "at_least_one"
    AT_MOST_ONE = "at_most_one"
    ALL_OR_NONE = "all_or_none"
    NEEDS = "needs"


@dataclass(frozen=True, slots=True)
class Group:
    """Arguments that belong together, by their names from the top of the resource."""

    kind: Kind
    members: tuple[Names, ...]

    @property
    def within(self) -> Names:
        """The blocks that hold all members; none if they stand at the top."""
        shared: list[str] = []
        for names in zip(*(member[:-1] for member in self.members), strict=False):
            if len(set(names)) > 1:
                break
            shared.append(names[0])
        return tuple(shared)


def groups_of(type_name: str) -> tuple[Group, ...]:
    """The groups of a resource type; none where none are known."""
    return tuple(
        Group(Kind(kind), tuple(tuple(member.split(".")) for member in members))
        for kind, each in known_groups().get(type_name, {}).items()
        for members in each
    )


@cache
def known_groups() -> Mapping[str, Mapping[str, list[list[str]]]]:
    """The data file: by resource type and kind, the members of each group."""
    return tomllib.loads(files(__package__).joinpath("groups.toml").read_text("utf-8"))
