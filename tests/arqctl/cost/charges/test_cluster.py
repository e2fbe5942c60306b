"""Control planes are charged by the hour, node groups by their first instance type."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.core.json_access import Json
from arqctl.cost.priceable import PriceableResource
from tests.arqctl.cost.priced_stacks import cents, monthly, quantities, resource

TEMPLATE = resource(
    "aws_launch_template",
    "t",
    instance_type="m7g.xlarge",
    block_device_mappings=[{"ebs": {"volume_size": 50, "volume_type": "gp3"}}],
)


def nodes(**values: Json) -> PriceableResource:
    given_: dict[str, Json] = {
        "instance_types": ["m7g.large", "m6g.large"],
        "scaling_config": {"min_size": 2, "desired_size": 3, "max_size": 9},
        "launch_template": {"id": "${aws_launch_template.t.id}"},
    }
    return resource("aws_eks_node_group", **{**given_, **values})


def test_a_control_plane_costs_its_hours() -> None:
    assert monthly(resource("aws_eks_cluster")) == cents("73.00")


@pytest.mark.parametrize("enabled", [True, "${var.auto}"])
def test_auto_mode_instances_are_unknown(enabled: Json) -> None:
    assert monthly(resource("aws_eks_cluster", compute_config={"enabled": enabled})) is None


def test_a_node_group_costs_its_desired_nodes_of_the_first_type() -> None:
    assert monthly(nodes(), TEMPLATE) == cents(3 * 730 * Decimal("0.091"), 150 * Decimal("0.088"))


def test_the_launch_template_has_the_type_if_the_group_does_not() -> None:
    assert quantities(nodes(instance_types=None), TEMPLATE)["ec2/m7g.xlarge"] == 3


@pytest.mark.parametrize(
    "values",
    [
        {"capacity_type": "SPOT"},
        {"capacity_type": "${var.capacity}"},
        {"scaling_config": "${unknown}"},
        {"scaling_config": None},
        {"instance_types": "${var.types}"},
        {"instance_types": ["${var.type}"]},
        {"launch_template": None},
        {"launch_template": {"id": "lt-elsewhere"}},
    ],
)
def test_an_unknown_argument_gives_an_unknown_cost(values: dict[str, Json]) -> None:
    assert monthly(nodes(**values), TEMPLATE) is None


@given(less=st.integers(0, 99), more=st.integers(0, 99))
def test_more_nodes_never_cost_less(less: int, more: int) -> None:
    few, many = (
        monthly(nodes(scaling_config={"min_size": 0, "desired_size": size}), TEMPLATE)
        for size in (less, less + more)
    )
    assert few is not None
    assert many is not None
    assert few <= many
