import pytest

from arqctl.diagram.layout import Point, Size
from arqctl.diagram.svg_canvas import Page, format_length, replace_unprintable, truncate, width_of
from tests.arqctl.projects import xml


@pytest.mark.parametrize("text", ["", "a", "interface-endpoints", "mmmmmmmmmmmm", "日本語日本語", "……"])
@pytest.mark.parametrize("width", [0.0, 30.0, 75.0])
def test_a_truncated_text_fits_and_ends_with_an_ellipsis(text: str, width: float) -> None:
    truncated = truncate(text, width)
    assert truncated == text or truncated.endswith("…")
    assert width_of(truncated) <= max(width, width_of("…"))


def test_a_text_that_fits_is_unchanged() -> None:
    assert truncate("network", width_of("network")) == "network"


def test_wide_characters_are_wider() -> None:
    assert width_of("i") < width_of("m") == width_of("日")
    assert width_of("a", heading=True) > width_of("a")


@pytest.mark.parametrize(("value", "expected"), [(3.0, "3"), (2.04, "2"), (2.06, "2.1"), (10, "10")])
def test_lengths_have_one_decimal_at_most(value: float, expected: str) -> None:
    assert format_length(value) == expected


def test_characters_that_xml_forbids_become_spaces() -> None:
    assert replace_unprintable("a\x00b\ud800c\ufffe日") == "a b c 日"


def test_a_page_grows_downwards_with_each_reservation() -> None:
    page = Page()
    first, second = page.reserve(Size(100, 50)), page.reserve(Size(300, 10))
    assert (first, second) == (Point(24, 24), Point(24, 98))
    root = xml(page.render("a title", "a description"))
    assert root.attrib["viewBox"] == "0 0 348 132"
