from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from arqctl.diagram.ranks import Ends, layered

NAMES = "abcdefgh"
WIRES = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda ends: ends[0] != ends[1]),
    unique=True,
    max_size=20,
)


@given(WIRES)
def test_every_wire_leads_from_layer_to_layer_and_every_place_is_in_one(wires: list[Ends]) -> None:
    drawn = layered(NAMES, wires)
    level = {place: number for number, layer in enumerate(drawn.layers) for place in layer}
    assert sum(map(len, drawn.layers)) == len(level)
    assert {place for place in level if isinstance(place, str)} == set(NAMES)
    for chain in drawn.chains:
        assert all(level[lower] == level[upper] + 1 for upper, lower in pairwise(chain))
    ends = {frozenset({str(chain[0]), str(chain[-1])}) for chain in drawn.chains}
    assert ends == {frozenset(each) for each in wires}


@given(WIRES)
def test_no_layer_is_without_a_box(wires: list[Ends]) -> None:
    assert all(any(isinstance(place, str) for place in layer) for layer in layered(NAMES, wires).layers)


def test_of_a_circle_the_last_wire_leads_up() -> None:
    drawn = layered("abc", [("a", "b"), ("b", "c"), ("c", "a")])
    assert drawn.layers == [["a"], ["b", ("a", "c", 1)], ["c"]]
    assert drawn.chains[-1] == ("a", ("a", "c", 1), "c")


def test_what_nothing_leads_to_stands_just_above_what_it_leads_to() -> None:
    assert layered("abcd", [("a", "b"), ("b", "c"), ("d", "c")]).layers == [["a"], ["b", "d"], ["c"]]


def test_boxes_are_sorted_so_that_wires_do_not_cross() -> None:
    drawn = layered("abxy", [("a", "y"), ("b", "x")])
    assert drawn.layers[0] == ["a", "b"]
    assert drawn.layers[1] == ["y", "x"]


def test_nothing_is_nothing() -> None:
    assert layered("", []).layers == []
