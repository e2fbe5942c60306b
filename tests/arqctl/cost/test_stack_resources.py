"""References are resolved by expression in a stack and by id in a plan."""

import pytest

from arqctl.core.json_access import Json
from arqctl.cost.stack_resources import StackResources
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
def test_a_reference_is_resolved(reference: str) -> None:
    assert StackResources([OTHER, TEMPLATE]).find("aws_launch_template", reference) is TEMPLATE


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
def test_an_unresolvable_reference_gives_none(reference: Json) -> None:
    assert StackResources([OTHER, TEMPLATE]).find("aws_launch_template", reference) is None


def test_resources_are_sorted_by_address() -> None:
    assert [each.address for each in StackResources([TEMPLATE, OTHER])] == [
        "aws_db_instance.one",
        "aws_launch_template.one",
    ]
    assert StackResources([TEMPLATE, OTHER]).of_type("aws_db_instance") == (OTHER,)
