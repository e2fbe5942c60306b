"""Which changes force a new resource."""

from collections import Counter
from collections.abc import Hashable, Iterator, Set
from dataclasses import dataclass, field

from arqctl.offline.facts import Names
from arqctl.offline.planning.equality import canonical
from arqctl.offline.planning.merge import COMPUTED
from arqctl.offline.planning.traversal import Fields, Place, has_parts, walk
from arqctl.offline.schema.model import Block
from arqctl.offline.values import Path


@dataclass(slots=True)
class _Argument:
    """All values of one argument at one path: one of them, or as many as a set has elements."""

    before: Counter[Hashable] = field(default_factory=Counter)
    after: Counter[Hashable] = field(default_factory=Counter)
    computed: int = 0

    def has_changed(self) -> bool:
        """Whether a value came or went; each one still to be computed may stand in for one that went."""
        return bool(self.after - self.before) or (self.before - self.after).total() > self.computed


def replacements(
    block: Block, replacing: Set[Names], prior: Fields, planned: Fields, *, imported: bool = False
) -> tuple[Path, ...]:
    """The paths that changed and are in `replacing`, or below what is; those into a set end at it.

    A value that is still to be computed is no change; one that the configuration doesn't know yet is, since
    it can't be ruled out. Of an imported resource, what its prior state does not have is not known to change.
    """
    arguments: dict[tuple[Path, Names], _Argument] = {}
    for place in _forcing(block, prior, replacing):
        if place.value is not None:
            _argument(arguments, place).before[canonical(place.attribute.type, place.value)] += 1
    for place in _forcing(block, planned, replacing):
        if place.value is COMPUTED:
            _argument(arguments, place).computed += 1
        elif place.value is not None:
            _argument(arguments, place).after[canonical(place.attribute.type, place.value)] += 1
    changed = (
        path for (path, _), each in arguments.items() if each.has_changed() and (each.before or not imported)
    )
    return tuple(dict.fromkeys(changed))


def _forcing(block: Block, value: Fields, replacing: Set[Names]) -> Iterator[Place]:
    for place in walk(block, value):
        if not has_parts(place) and any(
            place.names[:length] in replacing for length in range(1, len(place.names) + 1)
        ):
            yield place


def _argument(arguments: dict[tuple[Path, Names], _Argument], place: Place) -> _Argument:
    return arguments.setdefault((place.path, place.names), _Argument())
