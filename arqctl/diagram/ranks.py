"""Assigns boxes to ranks, one below the other, and orders each rank (Sugiyama's method).

Wires run down from rank to rank and pass other boxes at waypoints. A few rounds of sorting each rank by its
neighbors reduce the crossings.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

Ends: TypeAlias = tuple[str, str]
Waypoint: TypeAlias = tuple[str, str, int]
"""Point where a wire passes a rank: its ends and the rank's number."""
Node: TypeAlias = str | Waypoint
"""A box's name or a waypoint."""
Ranks: TypeAlias = list[list[Node]]

_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class RankedGraph:
    """The nodes of each rank from left to right, and the nodes of each wire (its chain) from the top down.

    A chain whose ends are in the opposite order of its wire runs upwards.
    """

    ranks: Ranks
    chains: tuple[tuple[Node, ...], ...]


def assign_ranks(names: Sequence[str], wires: Iterable[Ends]) -> RankedGraph:
    """Assign boxes to ranks. Of the wires in a cycle, the last ones in `wires` run upwards."""
    downward = _break_cycles(wires)
    rank_of = _rank_by_name(names, downward)
    chains = tuple(_chain(ends, rank_of) for ends in downward)
    ranks: Ranks = [[] for _ in range(max(rank_of.values(), default=-1) + 1)]
    for name in names:
        ranks[rank_of[name]].append(name)
    for (upper, _), chain in zip(downward, chains, strict=True):
        for rank, waypoint in enumerate(chain[1:-1], rank_of[upper] + 1):
            ranks[rank].append(waypoint)
    return RankedGraph(_reduce_crossings(ranks, chains), chains)


def _break_cycles(wires: Iterable[Ends]) -> list[Ends]:
    """Return the wires without cycles, by reversing each wire that would close one."""
    below: dict[str, set[str]] = {}
    downward: dict[Ends, None] = {}
    for source, target in wires:
        upper, lower = (target, source) if _is_reachable(below, target, source) else (source, target)
        below.setdefault(upper, set()).add(lower)
        downward[upper, lower] = None
    return list(downward)


def _is_reachable(below: Mapping[str, set[str]], start: str, end: str) -> bool:
    seen, pending = {start}, [start]
    while pending:
        unseen = below.get(pending.pop(), set()) - seen
        seen |= unseen
        pending += unseen
    return end in seen


def _rank_by_name(names: Sequence[str], wires: Sequence[Ends]) -> dict[str, int]:
    """Rank each box below all its sources; rank a box without sources just above its first target."""
    ranks = dict.fromkeys(names, 0)
    for _ in names:
        for upper, lower in wires:
            ranks[lower] = max(ranks[lower], ranks[upper] + 1)
    targets = {lower for _, lower in wires}
    for name in names:
        below = [ranks[lower] for upper, lower in wires if upper == name]
        if below and name not in targets:
            ranks[name] = min(below) - 1
    return ranks


def _chain(ends: Ends, ranks: Mapping[str, int]) -> tuple[Node, ...]:
    upper, lower = ends
    return (upper, *((upper, lower, rank) for rank in range(ranks[upper] + 1, ranks[lower])), lower)


def _reduce_crossings(ranks: Ranks, chains: Sequence[tuple[Node, ...]]) -> Ranks:
    above: dict[Node, list[Node]] = {}
    below: dict[Node, list[Node]] = {}
    for chain in chains:
        for upper, lower in pairwise(chain):
            below.setdefault(upper, []).append(lower)
            above.setdefault(lower, []).append(upper)
    best, current = ranks, [list(rank) for rank in ranks]
    for round_ in range(_ROUNDS):
        down = round_ % 2 == 0
        order = range(1, len(ranks)) if down else range(len(ranks) - 2, -1, -1)
        for index in order:
            adjacent = current[index - 1] if down else current[index + 1]
            current[index] = _sort_by_neighbors(current[index], adjacent, above if down else below)
        if _crossings(current, below) < _crossings(best, below):
            best = [list(rank) for rank in current]
    return best


def _sort_by_neighbors(
    rank: Sequence[Node], adjacent: Sequence[Node], neighbors: Mapping[Node, list[Node]]
) -> list[Node]:
    """Sort a rank by the mean position of each node's neighbors; a node without neighbors keeps its place."""
    where = {node: index for index, node in enumerate(adjacent)}
    centers = {
        node: sum(where[each] for each in neighbors[node]) / len(neighbors[node])
        if node in neighbors
        else float(index)
        for index, node in enumerate(rank)
    }
    return sorted(rank, key=centers.__getitem__)


def _crossings(ranks: Ranks, below: Mapping[Node, list[Node]]) -> int:
    count = 0
    for upper, lower in pairwise(ranks):
        where = {node: index for index, node in enumerate(lower)}
        positions: list[int] = []
        for node in upper:
            ends = sorted(where[each] for each in below.get(node, ()))
            count += sum(len(positions) - bisect_left(positions, end + 1) for end in ends)
            for end in ends:
                insort(positions, end)
    return count
