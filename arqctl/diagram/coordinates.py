"""Assigns x coordinates to the nodes of each rank."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from arqctl.diagram.ranks import Node, RankedGraph

_SPACING = 24
"""Pixels between two boxes, or between a box and a passing wire."""
_ROUNDS = 16
_STRAIGHTNESS_WEIGHT = 6.0
"""Weight of keeping a long wire straight, relative to centering a box between its neighbors."""


def assign_x_positions(graph: RankedGraph, widths: Mapping[str, float]) -> dict[Node, float]:
    """Return the center of each node in pixels, with all boxes right of 0.

    Each node is as close to the centers of its neighbors above and below as the nodes beside it allow.
    """
    neighbors: dict[Node, list[tuple[Node, float]]] = defaultdict(list)
    for chain in graph.chains:
        for upper, lower in pairwise(chain):
            weight = 1.0 if isinstance(upper, str) or isinstance(lower, str) else _STRAIGHTNESS_WEIGHT
            neighbors[upper].append((lower, weight))
            neighbors[lower].append((upper, weight))
    offsets = [_offsets(rank, widths) for rank in graph.ranks]
    centers = {
        node: offset - offsets_of_rank[-1] / 2
        for rank, offsets_of_rank in zip(graph.ranks, offsets, strict=True)
        for node, offset in zip(rank, offsets_of_rank, strict=True)
    }
    for round_ in range(_ROUNDS):
        for rank, offsets_of_rank in list(zip(graph.ranks, offsets, strict=True))[
            :: 1 if round_ % 2 == 0 else -1
        ]:
            desired = [_desired_center(node, neighbors, centers) for node in rank]
            targets = [
                (center - offset, weight)
                for (center, weight), offset in zip(desired, offsets_of_rank, strict=True)
            ]
            for node, offset, fitted in zip(rank, offsets_of_rank, _fit_non_decreasing(targets), strict=True):
                centers[node] = fitted + offset
    left = min((center - half_width(node, widths) for node, center in centers.items()), default=0.0)
    return {node: center - left for node, center in centers.items()}


def _offsets(rank: Sequence[Node], widths: Mapping[str, float]) -> list[float]:
    """Return each node's minimum distance from the first node of its rank."""
    halves = [half_width(node, widths) for node in rank]
    offsets = [0.0]
    for left, right in pairwise(halves):
        offsets.append(offsets[-1] + left + _SPACING + right)
    return offsets


def half_width(node: Node, widths: Mapping[str, float]) -> float:
    """Return half of a box's width; a waypoint has no width."""
    return widths[node] / 2 if isinstance(node, str) else 0.0


def _desired_center(
    node: Node, neighbors: Mapping[Node, Sequence[tuple[Node, float]]], centers: Mapping[Node, float]
) -> tuple[float, float]:
    """Return the weighted mean of the neighbors' centers, and its weight."""
    adjacent = neighbors.get(node) or [(node, 0.1)]
    total = sum(weight for _, weight in adjacent)
    return sum(centers[each] * weight for each, weight in adjacent) / total, total


def _fit_non_decreasing(desired: Sequence[tuple[float, float]]) -> Iterator[float]:
    """Yield the non-decreasing values that are closest to the desired ones, by weight."""
    pools: list[tuple[float, float, int]] = []
    for value, weight in desired:
        pools.append((value, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (left, light, some), (right, heavy, more) = pools[-2:]
            mean = (left * light + right * heavy) / (light + heavy)
            pools[-2:] = [(mean, light + heavy, some + more)]
    for value, _, count in pools:
        yield from [value] * count
