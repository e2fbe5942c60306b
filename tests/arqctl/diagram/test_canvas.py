import pytest

from arqctl.diagram.canvas import Page, fitted, number, printable, width_of
from arqctl.diagram.layout import Point, Size
from tests.arqctl.projects import xml


@pytest.mark.parametrize("text", ["", "a", "interface-endpoints", "mmmmmmmmmmmm", "日本語日本語", "……"])
@pytest.mark.parametrize("room", [0.0, 30.0, 75.0])
def test_a_text_that_is_cut_has_room_and_says_so(text: str, room: float) -> None:
    cut = fitted(text, room)
    assert cut == text or cut.endswith("…")
    assert width_of(cut) <= max(room, width_of("…"))


def test_a_text_that_has_room_is_left_as_it_is() -> None:
    assert fitted("network", width_of("network")) == "network"


def test_wide_letters_take_more_room() -> None:
    assert width_of("i") < width_of("m") == width_of("日")
    assert width_of("a", heading=True) > width_of("a")


@pytest.mark.parametrize(("value", "written"), [(3.0, "3"), (2.04, "2"), (2.06, "2.1"), (10, "10")])
def test_lengths_are_short(value: float, written: str) -> None:
    assert number(value) == written


def test_what_xml_cannot_hold_is_a_space() -> None:
    assert printable("a\x00b\ud800c\ufffe日") == "a b c 日"


def test_a_page_grows_downwards_and_shows_all_that_was_given_room() -> None:
    page = Page()
    first, second = page.take(Size(100, 50)), page.take(Size(300, 10))
    assert (first, second) == (Point(24, 24), Point(24, 98))
    root = xml(page.written("a title", "a description"))
    assert root.attrib["viewBox"] == "0 0 348 132"
