"""The page shows the sum, its coverage and unpriced resources, with and without color."""

import re
from dataclasses import replace

from arqctl.cost.estimate import estimate
from arqctl.cost.text_report import render_text
from tests.arqctl.cost.priced_stacks import resource, snapshot


def test_the_first_line_shows_the_minimum_if_a_cost_is_unknown() -> None:
    first, *_ = render_text("dev", estimate(snapshot("dev"))).splitlines()
    assert re.fullmatch(
        r"dev: at least \$\d{3}\.\d\d a month; 9\d % of \d+ resources that cost anything are priced,"
        r" 1 unpriced or partly priced",
        first,
    )


def test_the_page_lists_unpriced_and_usage_based_resources_and_the_date() -> None:
    page = render_text("dev", estimate((*snapshot("dev"), resource("aws_dynamodb_table"))))
    assert "no price in eu-west-1: m7g.large spot instance" in page
    assert "aws_eks_node_group.cluster" in page
    assert "1 aws_dynamodb_table: storage, requests" in page
    assert "2025-05-21" in page


def test_an_unknown_cost_is_not_shown_as_zero() -> None:
    page = render_text("dev", estimate([resource("aws_quantum_computer")]))
    assert page.startswith("dev: unknown cost;")
    assert "$0.00" not in page


def test_a_full_estimate_does_not_mention_unpriced_resources() -> None:
    page = render_text("dev", estimate([resource("aws_kms_key")]))
    assert page.startswith("dev: $1.00 a month; 100 % of 1 resources that cost anything are priced")
    assert "npriced" not in page


def test_the_text_is_the_same_with_and_without_color() -> None:
    costs = estimate(snapshot("staging"))
    plain, colored = render_text("staging", costs), render_text("staging", costs, color=True)
    assert "\x1b" not in plain
    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain


def test_control_characters_are_replaced() -> None:
    with_control_characters = replace(resource("aws_kms_key"), path="dev/\x1b[2Jevil\x07/key")
    with_escape_sequence = resource("aws_instance", instance_type="m7g\x1b[31m.large", root_block_device={})
    page = render_text("dev", estimate([with_control_characters, with_escape_sequence]))
    assert all(each.isprintable() or each == "\n" for each in page)


def test_markup_in_a_path_is_plain_text() -> None:
    key = replace(resource("aws_kms_key"), path="dev/[red]key[/red]x/Default")
    assert "[red]key[" in render_text("dev", estimate([key]))
