"""How far right each place of each layer stands."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from arqctl.diagram.ranks import Layered, Place

_BESIDE = 24
"""Between two boxes, or a box and a wire that passes it."""
_ROUNDS = 16
_STRAIGHT = 6.0
"""How much more the straightness of a long wire weighs than a box's place between its neighbours."""


def spread(drawn: Layered, widths: Mapping[str, float]) -> dict[Place, float]:
    """The middle of each place in pixels, so that nothing lies left of 0.

    It is near the middles of the places above and below, as far as the places beside it leave room.
    """
    linked: dict[Place, list[tuple[Place, float]]] = defaultdict(list)
    for chain in drawn.chains:
        for upper, lower in pairwise(chain):
            weight = 1.0 if isinstance(upper, str) or isinstance(lower, str) else _STRAIGHT
            linked[upper].append((lower, weight))
            linked[lower].append((upper, weight))
    offsets = [_offsets(layer, widths) for layer in drawn.layers]
    middles = {
        place: offset - far[-1] / 2
        for layer, far in zip(drawn.layers, offsets, strict=True)
        for place, offset in zip(layer, far, strict=True)
    }
    for turn in range(_ROUNDS):
        for layer, far in list(zip(drawn.layers, offsets, strict=True))[:: 1 if turn % 2 == 0 else -1]:
            wanted = [_wanted(place, linked, middles) for place in layer]
            freed = [(middle - offset, weight) for (middle, weight), offset in zip(wanted, far, strict=True)]
            for place, offset, moved in zip(layer, far, _rising(freed), strict=True):
                middles[place] = moved + offset
    left = min((middle - half_of(place, widths) for place, middle in middles.items()), default=0.0)
    return {place: middle - left for place, middle in middles.items()}


def _offsets(layer: Sequence[Place], widths: Mapping[str, float]) -> list[float]:
    """How far right of the first place each one stands at least."""
    halves = [half_of(place, widths) for place in layer]
    offsets = [0.0]
    for left, right in pairwise(halves):
        offsets.append(offsets[-1] + left + _BESIDE + right)
    return offsets


def half_of(place: Place, widths: Mapping[str, float]) -> float:
    """Half of how wide a place is: a wire takes no room of its own."""
    return widths[place] / 2 if isinstance(place, str) else 0.0


def _wanted(
    place: Place, linked: Mapping[Place, Sequence[tuple[Place, float]]], middles: Mapping[Place, float]
) -> tuple[float, float]:
    """The middle of a place's neighbours, and how much it matters."""
    neighbours = linked.get(place) or [(place, 0.1)]
    total = sum(weight for _, weight in neighbours)
    return sum(middles[each] * weight for each, weight in neighbours) / total, total


def _rising(wanted: Sequence[tuple[float, float]]) -> Iterator[float]:
    """The values nearest to the wanted ones, by weight, none of which is less than the one before it."""
    pools: list[tuple[float, float, int]] = []
    for value, weight in wanted:
        pools.append((value, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (left, light, some), (right, heavy, more) = pools[-2:]
            mean = (left * light + right * heavy) / (light + heavy)
            pools[-2:] = [(mean, light + heavy, some + more)]
    for value, _, count in pools:
        yield from [value] * count
