"""Finds the changes that force replacement of a resource."""

from collections import Counter
from collections.abc import Hashable, Iterator, Set
from dataclasses import dataclass, field

from arqctl.offline.facts import Names
from arqctl.offline.planning.equality import canonical
from arqctl.offline.planning.merge import COMPUTED
from arqctl.offline.planning.traversal import AttributeValue, Fields, has_parts, walk
from arqctl.offline.schema.model import Block
from arqctl.offline.values import Path


@dataclass(slots=True)
class _Argument:
    """All values of one argument at one path; several within a set."""

    before: Counter[Hashable] = field(default_factory=Counter)
    after: Counter[Hashable] = field(default_factory=Counter)
    computed: int = 0

    def has_changed(self) -> bool:
        """Return whether values were added or removed. Each computed value may replace a removed one."""
        return bool(self.after - self.before) or (self.before - self.after).total() > self.computed


def replacing_paths(
    block: Block, replacing: Set[Names], prior: Fields, planned: Fields, *, imported: bool = False
) -> tuple[Path, ...]:
    """Return the changed paths that are in `replacing` or below it. Paths into a set end at the set.

    A computed value is not a change. An unknown value of the configuration is one, because it may differ. For
    an imported resource, attributes missing from the prior state are not changes.
    """
    arguments: dict[tuple[Path, Names], _Argument] = {}
    for place in _replacing_values(block, prior, replacing):
        if place.value is not None:
            _argument(arguments, place).before[canonical(place.attribute.type, place.value)] += 1
    for place in _replacing_values(block, planned, replacing):
        if place.value is COMPUTED:
            _argument(arguments, place).computed += 1
        elif place.value is not None:
            _argument(arguments, place).after[canonical(place.attribute.type, place.value)] += 1
    changed = (
        path for (path, _), each in arguments.items() if each.has_changed() and (each.before or not imported)
    )
    return tuple(dict.fromkeys(changed))


def _replacing_values(block: Block, value: Fields, replacing: Set[Names]) -> Iterator[AttributeValue]:
    for place in walk(block, value):
        if not has_parts(place) and any(
            place.names[:length] in replacing for length in range(1, len(place.names) + 1)
        ):
            yield place


def _argument(arguments: dict[tuple[Path, Names], _Argument], place: AttributeValue) -> _Argument:
    return arguments.setdefault((place.path, place.names), _Argument())
