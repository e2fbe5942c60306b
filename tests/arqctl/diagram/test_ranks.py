from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from arqctl.diagram.ranks import Ends, assign_ranks

NAMES = "abcdefgh"
WIRES = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda ends: ends[0] != ends[1]),
    unique=True,
    max_size=20,
)


@given(WIRES)
def test_every_node_has_a_rank_and_every_wire_visits_each_rank_between_its_ends(wires: list[Ends]) -> None:
    graph = assign_ranks(NAMES, wires)
    rank_of = {place: number for number, rank in enumerate(graph.ranks) for place in rank}
    assert sum(map(len, graph.ranks)) == len(rank_of)
    assert {place for place in rank_of if isinstance(place, str)} == set(NAMES)
    for chain in graph.chains:
        assert all(rank_of[lower] == rank_of[upper] + 1 for upper, lower in pairwise(chain))
    ends = {frozenset({str(chain[0]), str(chain[-1])}) for chain in graph.chains}
    assert ends == {frozenset(each) for each in wires}


@given(WIRES)
def test_every_rank_has_a_box(wires: list[Ends]) -> None:
    assert all(any(isinstance(place, str) for place in rank) for rank in assign_ranks(NAMES, wires).ranks)


def test_the_last_wire_of_a_cycle_runs_upwards() -> None:
    graph = assign_ranks("abc", [("a", "b"), ("b", "c"), ("c", "a")])
    assert graph.ranks == [["a"], ["b", ("a", "c", 1)], ["c"]]
    assert graph.chains[-1] == ("a", ("a", "c", 1), "c")


def test_a_box_without_sources_is_just_above_its_target() -> None:
    assert assign_ranks("abcd", [("a", "b"), ("b", "c"), ("d", "c")]).ranks == [["a"], ["b", "d"], ["c"]]


def test_boxes_are_sorted_to_avoid_crossings() -> None:
    graph = assign_ranks("abxy", [("a", "y"), ("b", "x")])
    assert graph.ranks[0] == ["a", "b"]
    assert graph.ranks[1] == ["y", "x"]


def test_an_empty_graph_has_no_ranks() -> None:
    assert assign_ranks("", []).ranks == []
