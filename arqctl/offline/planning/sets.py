"""Matches the elements of a set to prior elements, because sets have neither indexes nor keys.

An element matches the prior one that is equal in everything the configuration sets, else the most similar
one. Only values decide, never their order. An element with unknown values could equal several prior ones. So
it is matched to none, and the prior ones that it could equal stay unmatched: Terraform plans again when all
values are known, and rejects a plan that changes a value of the first one.
"""

from collections.abc import Callable, Hashable, Sequence
from functools import reduce
from operator import or_

from arqctl.offline.facts import Names
from arqctl.offline.planning.equality import canonical, canonical_block, is_equal
from arqctl.offline.planning.matching import closest_pairs, maximum_matching, set_bits
from arqctl.offline.planning.traversal import Fields, has_parts, walk
from arqctl.offline.schema.model import Block
from arqctl.offline.values import Path, Value, is_known

Merge = Callable[[Block, Value, Value], Value]
"""Completes an element from its matched prior element, if any."""

_Trait = tuple[Path, Names, Hashable]


def merge_set(block: Block, config: list[Value], prior: list[Value], merge: Merge) -> list[Value]:
    """Return the elements of a set in the given order, each completed from its matched prior element."""
    without_prior = [merge(block, each, None) for each in config]
    if not prior or without_prior == config:
        return without_prior
    priors = [each for each in _sorted(block, prior) if isinstance(each, dict)]
    traits = [_traits(block, each) for each in config]
    # Elements with more traits fit fewer prior elements, so they choose first.
    order = sorted(
        range(len(config)), key=lambda i: (-len(traits[i]), repr(canonical_block(block, config[i])))
    )
    shared = _shared(block, [traits[i] for i in order], priors)
    planned = _completed(
        block, [config[i] for i in order], [without_prior[i] for i in order], priors, shared, merge
    )
    return [each for _, each in sorted(zip(order, planned, strict=True), key=lambda pair: pair[0])]


def _completed(
    block: Block,
    config: list[Value],
    without_prior: list[Value],
    priors: list[Fields],
    shared: list[list[int]],
    merge: Merge,
) -> list[Value]:
    everything = (1 << len(priors)) - 1
    candidates = [reduce(lambda a, b: a & b, each, everything) for each in shared]
    known = [is_known(each) for each in config]
    contested = reduce(
        or_, (each for each, has_no_unknowns in zip(candidates, known, strict=True) if not has_no_unknowns), 0
    )

    def choices(left: int) -> list[int]:
        if not known[left]:
            return []
        return [
            right
            for right in set_bits(candidates[left])
            if isinstance(done := merge(block, config[left], priors[right]), dict)
            and is_equal(block, done, priors[right])
        ]

    exact = [choices(left) for left in range(len(config))]
    pairs = maximum_matching(
        [[] if any(contested >> right & 1 for right in each) else each for each in exact]
    )
    planned = [priors[pairs[left]] if left in pairs else each for left, each in enumerate(without_prior)]
    rest = [left for left in range(len(config)) if left not in pairs]
    if rest and all(known):
        free = everything & ~sum(1 << right for right in pairs.values())
        taken = {canonical_block(block, each) for each in planned}
        for left, right in closest_pairs(shared, rest, free):
            done = merge(block, config[left], priors[right])
            # Two elements must not become equal.
            if (key := canonical_block(block, done)) not in taken:
                planned[left] = done
                taken.add(key)
    return planned


def _sorted(block: Block, elements: list[Value]) -> list[Value]:
    return sorted(elements, key=lambda each: repr(canonical_block(block, each)))


def _shared(block: Block, traits: Sequence[Sequence[_Trait]], priors: Sequence[Fields]) -> list[list[int]]:
    """Return, for each trait of each element, the bit set of the prior elements that share it."""
    elements_with: dict[_Trait, int] = {}
    for number, each in enumerate(priors):
        for trait in _traits(block, each):
            elements_with[trait] = elements_with.get(trait, 0) | 1 << number
    return [[elements_with.get(trait, 0) for trait in each] for each in traits]


def _traits(block: Block, element: Value) -> list[_Trait]:
    """Return the traits of an element: each known, set value with its path."""
    return [
        (place.path, place.names, canonical(place.attribute.type, place.value))
        for place in walk(block, element)
        if place.value is not None
        and not place.attribute.write_only
        and not has_parts(place)
        and is_known(place.value)
    ]
