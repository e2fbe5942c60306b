"""Which prior element an element of a set goes on from: sets have neither numbers nor keys to tell.

An element takes the prior one that is the same in all that the configuration sets, and else the one that has
most in common. Values decide, never the order in which they come. What is not known yet might turn out to be
any of several, so it takes none, and leaves alone what it might turn out to be: Terraform asks again when all
is known, and lets no value of the first plan change.
"""

from collections.abc import Callable, Hashable, Sequence
from functools import reduce
from operator import or_

from arqctl.offline.facts import Names
from arqctl.offline.planning.equality import canonical, canonical_block, same
from arqctl.offline.planning.matching import bits, closest_pairs, most_pairs
from arqctl.offline.planning.traversal import Fields, has_parts, walk
from arqctl.offline.schema.model import Block
from arqctl.offline.values import Path, Value, is_known

Merge = Callable[[Block, Value, Value], Value]
"""Completes an element from the prior one it goes on from, or from none."""

_Trait = tuple[Path, Names, Hashable]


def merge_set(block: Block, config: list[Value], prior: list[Value], merge: Merge) -> list[Value]:
    """The elements of a set, in the order given, each completed from the prior one that it goes on from."""
    alone = [merge(block, each, None) for each in config]
    if not prior or alone == config:
        return alone
    priors = [each for each in _sorted(block, prior) if isinstance(each, dict)]
    traits = [_traits(block, each) for each in config]
    # The more an element says, the fewer it can go on from: it chooses first.
    order = sorted(
        range(len(config)), key=lambda i: (-len(traits[i]), repr(canonical_block(block, config[i])))
    )
    shared = _shared(block, [traits[i] for i in order], priors)
    planned = _completed(block, [config[i] for i in order], [alone[i] for i in order], priors, shared, merge)
    return [each for _, each in sorted(zip(order, planned, strict=True), key=lambda pair: pair[0])]


def _completed(
    block: Block,
    config: list[Value],
    alone: list[Value],
    priors: list[Fields],
    shared: list[list[int]],
    merge: Merge,
) -> list[Value]:
    everything = (1 << len(priors)) - 1
    fitting = [reduce(lambda a, b: a & b, each, everything) for each in shared]
    settled = [is_known(each) for each in config]
    contested = reduce(
        or_, (fits for fits, is_settled in zip(fitting, settled, strict=True) if not is_settled), 0
    )

    def choices(left: int) -> list[int]:
        if not settled[left]:
            return []
        return [
            right
            for right in bits(fitting[left])
            if isinstance(done := merge(block, config[left], priors[right]), dict)
            and same(block, done, priors[right])
        ]

    exact = [choices(left) for left in range(len(config))]
    pairs = most_pairs([[] if any(contested >> right & 1 for right in each) else each for each in exact])
    planned = [priors[pairs[left]] if left in pairs else each for left, each in enumerate(alone)]
    rest = [left for left in range(len(config)) if left not in pairs]
    if rest and all(settled):
        free = everything & ~sum(1 << right for right in pairs.values())
        taken = {canonical_block(block, each) for each in planned}
        for left, right in closest_pairs(shared, rest, free):
            done = merge(block, config[left], priors[right])
            # Two elements must not become one.
            if (key := canonical_block(block, done)) not in taken:
                planned[left] = done
                taken.add(key)
    return planned


def _sorted(block: Block, elements: list[Value]) -> list[Value]:
    return sorted(elements, key=lambda each: repr(canonical_block(block, each)))


def _shared(block: Block, traits: Sequence[Sequence[_Trait]], priors: Sequence[Fields]) -> list[list[int]]:
    """For each trait of each element, the bits of the prior elements that have it too."""
    having: dict[_Trait, int] = {}
    for number, each in enumerate(priors):
        for trait in _traits(block, each):
            having[trait] = having.get(trait, 0) | 1 << number
    return [[having.get(trait, 0) for trait in each] for each in traits]


def _traits(block: Block, element: Value) -> list[_Trait]:
    """What an element surely says: each value that is set and known, with where it stands."""
    return [
        (place.path, place.names, canonical(place.attribute.type, place.value))
        for place in walk(block, element)
        if place.value is not None
        and not place.attribute.write_only
        and not has_parts(place)
        and is_known(place.value)
    ]
