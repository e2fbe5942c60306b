from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.diagram.layout import Layout, Point, Size, compute_layout
from arqctl.diagram.ranks import Ends
from tests.arqctl.diagram.test_ranks import NAMES, WIRES

SIZES = st.fixed_dictionaries(
    {name: st.builds(Size, st.integers(20, 300), st.integers(20, 200)) for name in NAMES}
)
EPSILON = 1e-6


def overlaps(layout: Layout, sizes: dict[str, Size], name: str, low: Point, high: Point) -> bool:
    """Return whether the inside of a box overlaps the rectangle between two corners."""
    box, size = layout.boxes[name], sizes[name]
    overlaps_horizontally = box.x + EPSILON < high.x and low.x < box.x + size.width - EPSILON
    return overlaps_horizontally and box.y + EPSILON < high.y and low.y < box.y + size.height - EPSILON


@given(SIZES, WIRES)
def test_boxes_do_not_overlap_and_are_on_the_page(sizes: dict[str, Size], wires: list[Ends]) -> None:
    layout = compute_layout(sizes, wires)
    for one, other in combinations(NAMES, 2):
        corner, size = layout.boxes[one], sizes[one]
        bottom_right = Point(corner.x + size.width, corner.y + size.height)
        assert not overlaps(layout, sizes, other, corner, bottom_right)
    for name, corner in layout.boxes.items():
        assert corner.x >= -EPSILON
        assert corner.y >= 0
        assert corner.x + sizes[name].width <= layout.size.width + EPSILON
        assert corner.y + sizes[name].height <= layout.size.height + EPSILON


@given(SIZES, WIRES)
def test_wires_avoid_boxes_and_stay_on_the_page(sizes: dict[str, Size], wires: list[Ends]) -> None:
    layout = compute_layout(sizes, wires)
    for path in layout.wires.values():
        assert all(-EPSILON <= point.x <= layout.size.width + EPSILON for point in path.points)
        for start, end in zip(path.points, path.points[1:], strict=False):
            low = Point(min(start.x, end.x), start.y)
            high = Point(max(start.x, end.x), end.y)
            assert not any(overlaps(layout, sizes, name, low, high) for name in NAMES)


@given(SIZES, WIRES)
def test_each_wire_starts_and_ends_at_its_boxes(sizes: dict[str, Size], wires: list[Ends]) -> None:
    layout = compute_layout(sizes, wires)
    assert list(layout.wires) == wires
    for (source, target), path in layout.wires.items():
        upper, lower = (target, source) if path.is_upward else (source, target)
        first, last = path.points[0], path.points[-1]
        assert first.y == layout.boxes[upper].y + sizes[upper].height
        assert last.y == layout.boxes[lower].y
        for name, point in ((upper, first), (lower, last)):
            assert layout.boxes[name].x < point.x < layout.boxes[name].x + sizes[name].width
        assert path.head == (first if path.is_upward else last)


def test_a_chain_stands_straight() -> None:
    sizes = {"a": Size(100, 20), "b": Size(40, 20), "c": Size(100, 20)}
    layout = compute_layout(sizes, [("a", "b"), ("b", "c")])
    assert [layout.boxes[name].x + sizes[name].width / 2 for name in "abc"] == pytest.approx([50, 50, 50])


def test_both_directions_between_two_boxes_share_one_way() -> None:
    layout = compute_layout({"a": Size(9, 9), "b": Size(9, 9)}, [("a", "b"), ("b", "a")])
    assert layout.wires["a", "b"].points == layout.wires["b", "a"].points
    assert layout.wires["b", "a"].is_upward


def test_an_empty_page_has_no_size() -> None:
    assert compute_layout({}, []).size == Size(0, 0)
