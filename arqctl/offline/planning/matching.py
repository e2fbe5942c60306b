"""Bipartite matching of numbered left and right items. Each item is in at most one pair."""

from collections import deque
from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush


def maximum_matching(choices: Sequence[Sequence[int]]) -> dict[int, int]:
    """Return a matching with as many pairs as possible; earlier lefts have priority.

    `choices[left]` are the rights that fit. Uses augmenting paths: a left takes a free right, or takes one
    whose owner can move to another of its choices.
    """
    pairs: dict[int, int] = {}
    owners: dict[int, int] = {}
    for start in range(len(choices)):
        requested_by, free = _augmenting_path(start, choices, owners)
        while free is not None:
            left = requested_by[free]
            owners[free] = left
            freed = pairs.get(left)
            pairs[left] = free
            free = freed
    return pairs


def _augmenting_path(
    start: int, choices: Sequence[Sequence[int]], owners: dict[int, int]
) -> tuple[dict[int, int], int | None]:
    """Return which left requested each right on the shortest path to a free right, and that right."""
    requested_by: dict[int, int] = {}
    queue = deque([start])
    while queue:
        left = queue.popleft()
        for right in choices[left]:
            if right in requested_by:
                continue
            requested_by[right] = left
            if right not in owners:
                return requested_by, right
            queue.append(owners[right])
    return requested_by, None


def closest_pairs(
    shared_traits: Sequence[Sequence[int]], lefts: Sequence[int], free: int
) -> Iterator[tuple[int, int]]:
    """Yield pairs in order of decreasing similarity. Items without a common trait stay unpaired.

    `shared_traits[left]` has one bit set for each trait of a left: bit R is set if right R shares the trait.
    `free` is the bit set of available rights. Bit operations count all rights at once, so hundreds pair
    quickly.
    """
    best = {left: _most_shared(shared_traits[left], free) for left in lefts}
    queue = [(-shared, left) for left, (shared, _) in best.items() if shared]
    heapify(queue)
    while queue:
        expected, left = heappop(queue)
        shared, rights = best[left]
        if not rights & free:
            shared, rights = best[left] = _most_shared(shared_traits[left], free)
        if shared == -expected:
            right = _lowest(rights & free)
            free &= ~(1 << right)
            yield left, right
        elif shared:
            heappush(queue, (-shared, left))


def set_bits(number: int) -> Iterator[int]:
    """Yield the positions of the set bits, lowest first."""
    while number:
        bit = _lowest(number)
        yield bit
        number ^= 1 << bit


def _lowest(number: int) -> int:
    return (number & -number).bit_length() - 1


def _most_shared(traits: Sequence[int], free: int) -> tuple[int, int]:
    """Return the highest number of traits that one right shares, and the bit set of those rights.

    Counts for all rights at once, in binary: bit R of `planes[i]` is bit i of R's count.
    """
    planes: list[int] = []
    for trait in traits:
        carry = trait & free
        for i, plane in enumerate(planes):
            planes[i], carry = plane ^ carry, plane & carry
        if carry:
            planes.append(carry)
    shared, rights = 0, free
    for i in reversed(range(len(planes))):
        if rights & planes[i]:
            rights &= planes[i]
            shared |= 1 << i
    return shared, rights
