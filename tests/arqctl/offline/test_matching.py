"""Pairs are as many as can be, or the most alike first: held against slower ways to find them."""

from hypothesis import given
from hypothesis import strategies as st

from arqctl.offline.planning.matching import closest_pairs, maximum_matching, set_bits

NUMBERS = st.integers(0, 5)


def test_one_gives_way_to_another() -> None:
    assert maximum_matching([[0, 1], [0]]) == {0: 1, 1: 0}
    assert maximum_matching([[0], [0]]) == {0: 0}


@given(st.lists(st.lists(NUMBERS, unique=True), max_size=6))
def test_pairs_are_as_many_as_can_be(choices: list[list[int]]) -> None:
    pairs = maximum_matching(choices)
    assert len(set(pairs.values())) == len(pairs)
    assert all(right in choices[left] for left, right in pairs.items())
    assert len(pairs) == _most(choices, frozenset())


def _most(choices: list[list[int]], taken: frozenset[int]) -> int:
    if not choices:
        return 0
    with_first = (1 + _most(choices[1:], taken | {right}) for right in choices[0] if right not in taken)
    return max(_most(choices[1:], taken), *with_first, 0)


@given(st.lists(st.lists(st.integers(0, 63), max_size=5), max_size=6), st.integers(0, 63))
def test_the_most_alike_pair_first(likeness: list[list[int]], free: int) -> None:
    """Of pairs that are equally alike, the left and then the right that comes first."""
    expected, left_over, rights = [], set(range(len(likeness))), set(set_bits(free))
    while left_over and rights:
        shared, left, right = min(
            (-sum(trait >> right & 1 for trait in likeness[left]), left, right)
            for left in left_over
            for right in rights
        )
        if not shared:
            break
        expected.append((left, right))
        left_over.remove(left)
        rights.remove(right)
    assert list(closest_pairs(likeness, range(len(likeness)), free)) == expected


def test_bits() -> None:
    assert list(set_bits(0b10110)) == [1, 2, 4]
