"""The matching algorithms find the same pairs as simple, slower algorithms."""

from hypothesis import given
from hypothesis import strategies as st

from arqctl.offline.planning.matching import closest_pairs, maximum_matching, set_bits

NUMBERS = st.integers(0, 5)


def test_a_pair_is_changed_if_that_allows_more_pairs() -> None:
    assert maximum_matching([[0, 1], [0]]) == {0: 1, 1: 0}
    assert maximum_matching([[0], [0]]) == {0: 0}


@given(st.lists(st.lists(NUMBERS, unique=True), max_size=6))
def test_the_matching_has_the_maximum_size(choices: list[list[int]]) -> None:
    pairs = maximum_matching(choices)
    assert len(set(pairs.values())) == len(pairs)
    assert all(right in choices[left] for left, right in pairs.items())
    assert len(pairs) == _maximum_size(choices, frozenset())


def _maximum_size(choices: list[list[int]], taken: frozenset[int]) -> int:
    if not choices:
        return 0
    with_first = (
        1 + _maximum_size(choices[1:], taken | {right}) for right in choices[0] if right not in taken
    )
    return max(_maximum_size(choices[1:], taken), *with_first, 0)


@given(st.lists(st.lists(st.integers(0, 63), max_size=5), max_size=6), st.integers(0, 63))
def test_the_most_similar_pairs_come_first(shared_traits: list[list[int]], free: int) -> None:
    """Equally similar pairs are in order of their left and then their right indexes."""
    expected, lefts, rights = [], set(range(len(shared_traits))), set(set_bits(free))
    while lefts and rights:
        count, left, right = min(
            (-sum(trait >> right & 1 for trait in shared_traits[left]), left, right)
            for left in lefts
            for right in rights
        )
        if not count:
            break
        expected.append((left, right))
        lefts.remove(left)
        rights.remove(right)
    assert list(closest_pairs(shared_traits, range(len(shared_traits)), free)) == expected


def test_set_bits() -> None:
    assert list(set_bits(0b10110)) == [1, 2, 4]
