"""Pairs of things on the left and things on the right, each in one pair at most; all by number."""

from collections import deque
from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush


def most_pairs(choices: Sequence[Sequence[int]]) -> dict[int, int]:
    """As many pairs as can be, where `choices[left]` are the rights that fit; earlier lefts go first.

    Each left takes a free right, or has others move on to another of their own choices.
    """
    pairs: dict[int, int] = {}
    owners: dict[int, int] = {}
    for start in range(len(choices)):
        asked_by, free = _way_to_free(start, choices, owners)
        while free is not None:
            left = asked_by[free]
            owners[free] = left
            freed = pairs.get(left)
            pairs[left] = free
            free = freed
    return pairs


def _way_to_free(
    start: int, choices: Sequence[Sequence[int]], owners: dict[int, int]
) -> tuple[dict[int, int], int | None]:
    """Who asked for which right on the shortest way to a free one, and that one."""
    asked_by: dict[int, int] = {}
    waiting = deque([start])
    while waiting:
        left = waiting.popleft()
        for right in choices[left]:
            if right in asked_by:
                continue
            asked_by[right] = left
            if right not in owners:
                return asked_by, right
            waiting.append(owners[right])
    return asked_by, None


def closest_pairs(
    likeness: Sequence[Sequence[int]], lefts: Sequence[int], free: int
) -> Iterator[tuple[int, int]]:
    """Yield pairs, the most alike first, of those that have anything in common.

    `likeness[left]` has one number for each trait of a left: bit R is set if the right R shares it. `free`
    has the bits of the rights that are to be had. Whole rows are counted at once: hundreds pair quickly.
    """
    best = {left: _most_shared(likeness[left], free) for left in lefts}
    queue = [(-shared, left) for left, (shared, _) in best.items() if shared]
    heapify(queue)
    while queue:
        expected, left = heappop(queue)
        shared, rights = best[left]
        if not rights & free:
            shared, rights = best[left] = _most_shared(likeness[left], free)
        if shared == -expected:
            right = _lowest(rights & free)
            free &= ~(1 << right)
            yield left, right
        elif shared:
            heappush(queue, (-shared, left))


def bits(number: int) -> Iterator[int]:
    """Yield which bits are set, lowest first."""
    while number:
        bit = _lowest(number)
        yield bit
        number ^= 1 << bit


def _lowest(number: int) -> int:
    return (number & -number).bit_length() - 1


def _most_shared(traits: Sequence[int], free: int) -> tuple[int, int]:
    """The highest number of traits shared with one right, and the bits of the rights that share so many.

    Counts for all rights at once, in binary: `planes[i]` has bit R set where bit i of R's count is.
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
