"""The page says the sum, how far it reaches and what is missing, with and without colour."""

import re
from dataclasses import replace

from arqctl.cost.estimate import estimate
from arqctl.cost.text import render_text
from tests.arqctl.cost.priced_stacks import resource, snapshot


def test_the_first_line_says_the_least_it_can_be_where_anything_is_not_known() -> None:
    first, *_ = render_text("production", estimate(snapshot("production"))).splitlines()
    assert first == (
        "production: at least $2,190.28 a month, known for 97 % of the 91 resources that cost something by"
        " themselves; unpriced, whole or in part: 2"
    )


def test_it_names_what_is_unpriced_what_is_not_counted_and_the_date() -> None:
    page = render_text("production", estimate(snapshot("production")))
    assert "no price in eu-west-1: vCPU under Database Insights" in page
    assert "aws_db_instance.database" in page
    assert "4 aws_s3_bucket: data kept, requests, traffic" in page
    assert "2025-03-02" in page


def test_what_is_not_known_is_never_nothing() -> None:
    page = render_text("dev", estimate([resource("aws_quantum_computer")]))
    assert page.startswith("dev: not known a month")
    assert "$0.00" not in page


def test_a_full_estimate_speaks_of_nothing_unpriced() -> None:
    page = render_text("dev", estimate([resource("aws_kms_key")]))
    assert page.startswith("dev: $1.00 a month, known for 100 % of the 1 resources")
    assert "npriced" not in page


def test_it_says_the_same_with_colour_as_without() -> None:
    told = estimate(snapshot("staging"))
    plain, colored = render_text("staging", told), render_text("staging", told, color=True)
    assert "\x1b" not in plain
    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain


def test_a_terminal_is_told_nothing_by_a_stack() -> None:
    evil = replace(resource("aws_kms_key"), path="dev/\x1b[2Jevil\x07/key")
    bad = resource("aws_instance", instance_type="m7g\x1b[31m.large", root_block_device={})
    page = render_text("dev", estimate([evil, bad]))
    assert all(each.isprintable() or each == "\n" for each in page)


def test_markup_in_a_path_is_no_markup() -> None:
    key = replace(resource("aws_kms_key"), path="dev/[red]key[/red]x/Default")
    assert "[red]key[" in render_text("dev", estimate([key]))
