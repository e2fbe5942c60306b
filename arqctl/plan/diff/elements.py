"""Compares lists of plain values."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from arqctl.core.json_access import Json, as_list
from arqctl.plan.diff.value_pair import ValuePair
from arqctl.plan.diff.values import canonical


@dataclass(frozen=True, slots=True)
class Elements:
    """Positions of removed elements in the first list, and of added or unknown ones in the second."""

    removed: tuple[int, ...]
    added: tuple[int, ...]
    is_reordered: bool


def is_plain(values: Iterable[Json]) -> bool:
    """Return whether no value is a list or an object."""
    return not any(isinstance(value, dict | list) for value in values)


def changed_elements(pair: ValuePair) -> Elements:
    """Return what differs between two lists. Duplicates count."""
    unknown = {at for at, is_unknown in enumerate(as_list(pair.unknown)) if is_unknown is True}
    before = list(map(canonical, as_list(pair.before)))
    places = [at for at in range(len(as_list(pair.after))) if at not in unknown]
    after = [canonical(as_list(pair.after)[at]) for at in places]
    old, new = Counter(before), Counter(after)
    removed, added = _last(before, old - new), _last(after, new - old)
    kept_before = [value for at, value in enumerate(before) if at not in removed]
    kept_after = [value for at, value in enumerate(after) if at not in added]
    return Elements(
        removed=tuple(sorted(removed)),
        added=tuple(sorted({*(places[at] for at in added), *unknown})),
        is_reordered=kept_before != kept_after,
    )


def _last(values: Sequence[str], counted: "Counter[str]") -> set[int]:
    """Return the last positions of each value, as many as `counted` has of it."""
    left = Counter(counted)
    found = set()
    for at in reversed(range(len(values))):
        if left[values[at]] > 0:
            left[values[at]] -= 1
            found.add(at)
    return found
