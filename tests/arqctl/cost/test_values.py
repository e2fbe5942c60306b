"""An expression is unknown, whatever it stands for."""

from decimal import Decimal

import pytest

from arqctl.core.assembly import Json
from arqctl.cost.values import UNKNOWABLE, block, blocks, count, flag, number, text


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
def test_a_number(value: Json, expected: Decimal | None) -> None:
    assert number({"n": value}, "n", 7) == expected


def test_a_number_that_is_not_given_and_has_no_default_is_not_known() -> None:
    assert number({}, "n") is None


@pytest.mark.parametrize(("value", "expected"), [("gp3", "gp3"), (None, "io1"), ("${var.kind}", ""), (3, "")])
def test_a_word(value: Json, expected: str) -> None:
    assert text({"t": value}, "t", "io1") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        ("true", True),
        ("false", False),
        (None, False),
        ("", False),
        ("${var.on}", UNKNOWABLE),
        (1, UNKNOWABLE),
    ],
)
def test_a_yes_or_no(value: Json, expected: object) -> None:
    assert flag({"f": value}, "f") is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"a": 1}, ({"a": 1},)),
        ([{"a": 1}, {"a": 2}], ({"a": 1}, {"a": 2})),
        (None, ()),
        ([], ()),
        ("${var.blocks}", UNKNOWABLE),
        (["${var.block}"], UNKNOWABLE),
    ],
)
def test_blocks_are_one_or_many(value: Json, expected: object) -> None:
    assert blocks({"b": value}, "b") == expected


def test_a_block_that_is_not_there_is_empty() -> None:
    assert block({"b": [{"a": 1}]}, "b") == {"a": 1}
    assert block({}, "b") == block({"b": "${var.block}"}, "b") == {}


@pytest.mark.parametrize(
    ("value", "expected"),
    [(["${a}", "${b}"], Decimal(2)), (None, Decimal(0)), ("${var.list}", None)],
)
def test_a_list_may_have_expressions_but_not_be_one(value: Json, expected: Decimal | None) -> None:
    assert count({"l": value}, "l") == expected
