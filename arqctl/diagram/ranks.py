"""Boxes in layers, one below the other: which box stands in which layer, and in which order.

Wires run down from layer to layer, past other boxes at points of their own, and cross as little as a few
rounds of sorting each layer by its neighbours achieve (Sugiyama's method).
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

Ends: TypeAlias = tuple[str, str]
Passing: TypeAlias = tuple[str, str, int]
"""Where a wire passes a layer: its ends and the layer's number."""
Place: TypeAlias = str | Passing
"""A box, or a point where a wire passes."""
Layers: TypeAlias = list[list[Place]]

_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Layered:
    """The places of each layer from left to right, and those that each wire goes through, from the top down.

    A wire of `chains` whose ends stand the other way round than in `wires` runs upwards.
    """

    layers: Layers
    chains: tuple[tuple[Place, ...], ...]


def layered(names: Sequence[str], wires: Iterable[Ends]) -> Layered:
    """Put boxes in layers. Of wires in a circle, those that come last in `wires` run upwards."""
    downward = _downward(wires)
    ranks = _ranks(names, downward)
    chains = tuple(_chain(ends, ranks) for ends in downward)
    layers: Layers = [[] for _ in range(max(ranks.values(), default=-1) + 1)]
    for name in names:
        layers[ranks[name]].append(name)
    for (upper, _), chain in zip(downward, chains, strict=True):
        for rank, passing in enumerate(chain[1:-1], ranks[upper] + 1):
            layers[rank].append(passing)
    return Layered(_untangled(layers, chains), chains)


def _downward(wires: Iterable[Ends]) -> list[Ends]:
    """The wires without circles: one that would close a circle is turned round."""
    below: dict[str, set[str]] = {}
    turned: dict[Ends, None] = {}
    for source, target in wires:
        upper, lower = (target, source) if _reaches(below, target, source) else (source, target)
        below.setdefault(upper, set()).add(lower)
        turned[upper, lower] = None
    return list(turned)


def _reaches(below: Mapping[str, set[str]], start: str, end: str) -> bool:
    seen, ahead = {start}, [start]
    while ahead:
        fresh = below.get(ahead.pop(), set()) - seen
        seen |= fresh
        ahead += fresh
    return end in seen


def _ranks(names: Sequence[str], wires: Sequence[Ends]) -> dict[str, int]:
    """Each box below all that lead to it; what nothing leads to stands just above the first it leads to."""
    ranks = dict.fromkeys(names, 0)
    for _ in names:
        for upper, lower in wires:
            ranks[lower] = max(ranks[lower], ranks[upper] + 1)
    led_to = {lower for _, lower in wires}
    for name in names:
        below = [ranks[lower] for upper, lower in wires if upper == name]
        if below and name not in led_to:
            ranks[name] = min(below) - 1
    return ranks


def _chain(ends: Ends, ranks: Mapping[str, int]) -> tuple[Place, ...]:
    upper, lower = ends
    return (upper, *((upper, lower, rank) for rank in range(ranks[upper] + 1, ranks[lower])), lower)


def _untangled(layers: Layers, chains: Sequence[tuple[Place, ...]]) -> Layers:
    above: dict[Place, list[Place]] = {}
    below: dict[Place, list[Place]] = {}
    for chain in chains:
        for upper, lower in pairwise(chain):
            below.setdefault(upper, []).append(lower)
            above.setdefault(lower, []).append(upper)
    best, current = layers, [list(layer) for layer in layers]
    for turn in range(_ROUNDS):
        down = turn % 2 == 0
        order = range(1, len(layers)) if down else range(len(layers) - 2, -1, -1)
        for number in order:
            beside = current[number - 1] if down else current[number + 1]
            current[number] = _sorted(current[number], beside, above if down else below)
        if _crossings(current, below) < _crossings(best, below):
            best = [list(layer) for layer in current]
    return best


def _sorted(
    layer: Sequence[Place], beside: Sequence[Place], linked: Mapping[Place, list[Place]]
) -> list[Place]:
    """A layer in the order of the middles of its neighbours; who has none keeps its place."""
    where = {place: index for index, place in enumerate(beside)}
    middles = {
        place: sum(where[each] for each in linked[place]) / len(linked[place])
        if place in linked
        else float(index)
        for index, place in enumerate(layer)
    }
    return sorted(layer, key=middles.__getitem__)


def _crossings(layers: Layers, below: Mapping[Place, list[Place]]) -> int:
    count = 0
    for upper, lower in pairwise(layers):
        where = {place: index for index, place in enumerate(lower)}
        passed: list[int] = []
        for place in upper:
            ends = sorted(where[each] for each in below.get(place, ()))
            count += sum(len(passed) - bisect_left(passed, end + 1) for end in ends)
            for end in ends:
                insort(passed, end)
    return count
