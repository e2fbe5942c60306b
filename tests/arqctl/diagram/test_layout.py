from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.diagram.layout import Layout, Point, Size, lay_out
from arqctl.diagram.ranks import Ends
from tests.arqctl.diagram.test_ranks import NAMES, WIRES

SIZES = st.fixed_dictionaries(
    {name: st.builds(Size, st.integers(20, 300), st.integers(20, 200)) for name in NAMES}
)
HAIR = 1e-6


def meets(layout: Layout, sizes: dict[str, Size], name: str, low: Point, high: Point) -> bool:
    """Whether the inside of a box meets the rectangle between two corners."""
    box, size = layout.boxes[name], sizes[name]
    across = box.x + HAIR < high.x and low.x < box.x + size.width - HAIR
    return across and box.y + HAIR < high.y and low.y < box.y + size.height - HAIR


@given(SIZES, WIRES)
def test_no_box_touches_another_and_all_are_on_the_page(sizes: dict[str, Size], wires: list[Ends]) -> None:
    layout = lay_out(sizes, wires)
    for one, other in combinations(NAMES, 2):
        corner, size = layout.boxes[one], sizes[one]
        far = Point(corner.x + size.width, corner.y + size.height)
        assert not meets(layout, sizes, other, corner, far)
    for name, corner in layout.boxes.items():
        assert corner.x >= -HAIR
        assert corner.y >= 0
        assert corner.x + sizes[name].width <= layout.size.width + HAIR
        assert corner.y + sizes[name].height <= layout.size.height + HAIR


@given(SIZES, WIRES)
def test_no_wire_runs_through_a_box_or_off_the_page(sizes: dict[str, Size], wires: list[Ends]) -> None:
    layout = lay_out(sizes, wires)
    for run in layout.wires.values():
        assert all(-HAIR <= point.x <= layout.size.width + HAIR for point in run.points)
        for start, end in zip(run.points, run.points[1:], strict=False):
            low = Point(min(start.x, end.x), start.y)
            high = Point(max(start.x, end.x), end.y)
            assert not any(meets(layout, sizes, name, low, high) for name in NAMES)


@given(SIZES, WIRES)
def test_each_wire_begins_and_ends_at_its_boxes(sizes: dict[str, Size], wires: list[Ends]) -> None:
    layout = lay_out(sizes, wires)
    assert list(layout.wires) == wires
    for (source, target), run in layout.wires.items():
        upper, lower = (target, source) if run.leads_up else (source, target)
        first, last = run.points[0], run.points[-1]
        assert first.y == layout.boxes[upper].y + sizes[upper].height
        assert last.y == layout.boxes[lower].y
        for name, point in ((upper, first), (lower, last)):
            assert layout.boxes[name].x < point.x < layout.boxes[name].x + sizes[name].width
        assert run.head == (first if run.leads_up else last)


def test_a_chain_stands_straight() -> None:
    sizes = {"a": Size(100, 20), "b": Size(40, 20), "c": Size(100, 20)}
    layout = lay_out(sizes, [("a", "b"), ("b", "c")])
    assert [layout.boxes[name].x + sizes[name].width / 2 for name in "abc"] == pytest.approx([50, 50, 50])


def test_both_directions_between_two_boxes_share_one_way() -> None:
    layout = lay_out({"a": Size(9, 9), "b": Size(9, 9)}, [("a", "b"), ("b", "a")])
    assert layout.wires["a", "b"].points == layout.wires["b", "a"].points
    assert layout.wires["b", "a"].leads_up


def test_an_empty_page_has_no_size() -> None:
    assert lay_out({}, []).size == Size(0, 0)
