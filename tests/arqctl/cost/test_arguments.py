"""Arguments are read by kind, and an expression is unknown."""

from decimal import Decimal

import pytest

from arqctl.core.json_access import Json
from arqctl.cost.arguments import (
    UNKNOWN,
    count_elements,
    read_block,
    read_blocks,
    read_flag,
    read_number,
    read_text,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, Decimal(3)),
        ("20", Decimal(20)),
        (0.5, Decimal("0.5")),
        (None, Decimal(7)),
        ("${var.size}", None),
        ("many", None),
        ("NaN", None),
        (True, None),
        ([1], None),
    ],
)
def test_read_number(value: Json, expected: Decimal | None) -> None:
    assert read_number({"n": value}, "n", 7) == expected


def test_an_absent_number_without_a_default_is_unknown() -> None:
    assert read_number({}, "n") is None


@pytest.mark.parametrize(("value", "expected"), [("gp3", "gp3"), (None, "io1"), ("${var.kind}", ""), (3, "")])
def test_read_text(value: Json, expected: str) -> None:
    assert read_text({"t": value}, "t", "io1") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        ("true", True),
        ("false", False),
        (None, False),
        ("", False),
        ("${var.on}", UNKNOWN),
        (1, UNKNOWN),
    ],
)
def test_read_flag(value: Json, expected: object) -> None:
    assert read_flag({"f": value}, "f") is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"a": 1}, ({"a": 1},)),
        ([{"a": 1}, {"a": 2}], ({"a": 1}, {"a": 2})),
        (None, ()),
        ([], ()),
        ("${var.blocks}", UNKNOWN),
        (["${var.block}"], UNKNOWN),
    ],
)
def test_read_blocks(value: Json, expected: object) -> None:
    assert read_blocks({"b": value}, "b") == expected


def test_an_absent_block_is_empty() -> None:
    assert read_block({"b": [{"a": 1}]}, "b") == {"a": 1}
    assert read_block({}, "b") == read_block({"b": "${var.block}"}, "b") == {}


@pytest.mark.parametrize(
    ("value", "expected"),
    [(["${a}", "${b}"], Decimal(2)), (None, Decimal(0)), ("${var.list}", None)],
)
def test_a_list_of_expressions_can_be_counted_and_an_expression_cannot(
    value: Json, expected: Decimal | None
) -> None:
    assert count_elements({"l": value}, "l") == expected
