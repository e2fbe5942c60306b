"""A page uses its space, is never longer, and counts everything that it leaves out."""

import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.review.markdown.budget import Group, Part, Text, by_kind, omission, share, size

kinds = st.sampled_from(["aws_route", "aws_vpc", "`", "漢", "a" * 90, ""])
texts = st.builds(
    lambda words, kind: Text(f"a {words}\n", kind),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    kinds,
)
groups = st.recursive(
    texts,
    lambda parts: st.builds(
        lambda inner, rank: Group("<\n", tuple(inner), "brief\n", ">\n", "part", rank=rank),
        st.lists(parts, max_size=8),
        st.integers(0, 2),
    ),
    max_leaves=40,
)
rooms = st.integers(0, 3000)


def listed(count: int, length: int = 9, kind: str = "") -> Group:
    parts = [Text(f"{number:0{length}}\n", kind) for number in range(count)]
    return Group("head\n", parts, "brief\n", "tail\n", "row")


@given(groups, rooms)
def test_a_part_is_never_longer_than_its_space_or_its_shortest_form(part: Part, room: int) -> None:
    assert size(part.within(room)) <= max(room, part.least)
    assert part.least <= part.full
    assert size(part.within(part.full)) == part.full


@given(groups, rooms)
def test_frames_are_closed(part: Part, room: int) -> None:
    lines = part.within(room).split("\n")
    assert lines.count("<") == lines.count(">")


@given(st.integers(1, 200), st.integers(0, 3000))
def test_every_part_is_shown_or_counted(count: int, room: int) -> None:
    text = listed(count).within(room)
    if text != "brief\n":
        left_out = re.search(r"- ([\d,]+) more rows? left out", text)
        shown = len(re.findall(r"^\d{9}$", text, re.MULTILINE))
        assert shown + (int(left_out[1].replace(",", "")) if left_out else 0) == count
        assert shown == 0 or text.startswith("head\n000000000\n")


@given(st.integers(2, 60))
def test_another_row_is_shown_as_soon_as_it_fits(count: int) -> None:
    part = listed(count)
    for shown in range(1, count):
        needed = size("head\ntail\n") + 10 * shown + size(omission(part, shown))
        if needed < part.full:
            assert f"{shown - 1:09}" in part.within(needed)


def test_the_first_parts_are_kept_and_the_others_counted_by_kind() -> None:
    parts = [Text("first\n", "aws_vpc"), *[Text("x" * 50 + "\n", kind) for kind in ("b", "a", "a")]]
    assert Group("h\n", parts, "brief\n", noun="row").within(90) == (
        "h\nfirst\n- 3 more rows left out for length: 2 `a`, 1 `b`\n"
    )


def test_one_long_part_does_not_displace_short_ones() -> None:
    long, short = listed(500), listed(5)
    texts = share([long, short, short], 1200)
    assert texts[1:] == [short.within(short.full)] * 2
    assert sum(map(size, texts)) <= 1200
    assert "left out" in texts[0]


@given(st.lists(groups, max_size=6))
def test_parts_that_fit_together_are_all_full(parts: list[Part]) -> None:
    assert share(parts, sum(part.full for part in parts)) == [part.within(part.full) for part in parts]


def test_an_earlier_rank_gets_space_first() -> None:
    late, early = listed(50), listed(60)
    assert share([replace(late, rank=1), early], early.full + size("brief\n")) == [
        "brief\n",
        early.within(early.full),
    ]


@pytest.mark.parametrize(
    ("counted", "text"),
    [
        (Counter(), ""),
        (Counter({"": 3}), ""),
        (Counter(a=1, b=2000), "2,000 `b`, 1 `a`"),
        (
            Counter({chr(97 + number): 1 for number in range(10)}),
            "1 `a`, 1 `b`, 1 `c`, 1 `d`, 1 `e`, 1 `f`, 1 `g`, 1 `h`, 2 of 2 other kinds",
        ),
    ],
)
def test_the_most_frequent_kind_comes_first(counted: Counter[str], text: str) -> None:
    assert by_kind(counted) == text


@given(st.text())
def test_a_size_is_in_bytes(text: str) -> None:
    clean = text.encode(errors="ignore").decode()
    assert size(clean) == len(clean.encode())
