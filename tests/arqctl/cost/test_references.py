"""References are followed by expression in a stack, by id in a plan, and no further."""

import pytest

from arqctl.core.assembly import Json
from arqctl.cost.references import Resources
from tests.arqctl.cost.priced_stacks import resource

TEMPLATE = resource("aws_launch_template", "one", id="lt-1", name="workers", arn="arn:aws:ec2:::lt-1")
OTHER = resource("aws_db_instance", "one", identifier="main", id="db-1")


@pytest.mark.parametrize(
    "reference",
    [
        "${aws_launch_template.one.id}",
        "${aws_launch_template.one.name}",
        "lt-1",
        "workers",
        "arn:aws:ec2:::lt-1",
    ],
)
def test_it_finds_what_is_meant(reference: str) -> None:
    assert Resources([OTHER, TEMPLATE]).find("aws_launch_template", reference) is TEMPLATE


@pytest.mark.parametrize(
    "reference",
    [
        None,
        "",
        3,
        ["lt-1"],
        "lt-2",
        "${aws_launch_template.two.id}",
        "${aws_db_instance.one.id}",
        "${coalesce(aws_launch_template.one.id)}",
        "prefix-${aws_launch_template.one.id}",
        "${unknown}",
        "main",
    ],
)
def test_it_guesses_nothing(reference: Json) -> None:
    assert Resources([OTHER, TEMPLATE]).find("aws_launch_template", reference) is None


def test_they_come_in_the_order_of_their_addresses() -> None:
    assert [each.address for each in Resources([TEMPLATE, OTHER])] == [
        "aws_db_instance.one",
        "aws_launch_template.one",
    ]
    assert Resources([TEMPLATE, OTHER]).of_type("aws_db_instance") == (OTHER,)
