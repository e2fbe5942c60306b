"""Autoscaling groups are charged at their initial size, on-demand and spot instances separately."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.core.json_access import Json
from arqctl.cost.priceable import PriceableResource
from tests.arqctl.cost.priced_stacks import cents, monthly, quantities, resource

DISK: Json = {"device_name": "/dev/xvda", "ebs": {"volume_size": 20, "volume_type": "gp3"}}
TEMPLATE = resource(
    "aws_launch_template", "t", instance_type="m7g.large", block_device_mappings=[DISK], id="lt-1"
)


def group(**values: Json) -> PriceableResource:
    named: Json = {"id": "${aws_launch_template.t.id}", "version": "$Latest"}
    return resource("aws_autoscaling_group", **{"launch_template": named, "max_size": 9, **values})


def mixed(types: list[str], base: int, percent: int, **values: Json) -> PriceableResource:
    policy: Json = {
        "instances_distribution": {
            "on_demand_base_capacity": base,
            "on_demand_percentage_above_base_capacity": percent,
        },
        "launch_template": {
            "launch_template_specification": {"launch_template_id": "${aws_launch_template.t.id}"},
            "override": [{"instance_type": type_} for type_ in types],
        },
    }
    return resource("aws_autoscaling_group", mixed_instances_policy=policy, **values)


def test_a_group_costs_its_instances_and_their_volumes() -> None:
    assert monthly(group(min_size=2), TEMPLATE) == cents(
        2 * 730 * Decimal("0.091"), 2 * 20 * Decimal("0.088")
    )


def test_the_desired_capacity_overrides_the_minimum() -> None:
    assert quantities(group(min_size=1, desired_capacity=4), TEMPLATE)["ec2/m7g.large"] == 4
    assert quantities(group(min_size=3, desired_capacity=0), TEMPLATE)["ec2/m7g.large"] == 3


def test_a_launch_template_is_found_by_its_id() -> None:
    by_id = group(min_size=1, launch_template=[{"id": "lt-1"}])
    assert monthly(by_id, TEMPLATE) == monthly(group(min_size=1), TEMPLATE)


@pytest.mark.parametrize(
    ("size", "base", "percent", "demand", "spot"),
    [
        (2, 2, 50, 2, 0),
        (5, 1, 25, 2, 3),  # one, and a quarter of four
        (4, 1, 25, 2, 2),  # one, and a quarter of three, rounded up
        (3, 0, 0, 0, 3),
        (3, 5, 0, 3, 0),
        (0, 2, 50, 0, 0),
    ],
)
def test_on_demand_and_spot_instances_are_separate_charges(
    size: int, base: int, percent: int, demand: int, spot: int
) -> None:
    found = quantities(mixed(["m7g.large", "m6g.large"], base, percent, min_size=size), TEMPLATE)
    assert found["ec2/m7g.large"] == demand
    assert found.get("ec2/spot/m7g.large", 0) == spot
    assert found["ebs/gp3"] == 20 * size


def test_spot_has_no_price() -> None:
    assert monthly(mixed(["m7g.large"], 0, 0, min_size=1), TEMPLATE) is None


def test_without_overrides_the_launch_template_has_the_type() -> None:
    assert quantities(mixed([], 1, 100, min_size=1), TEMPLATE)["ec2/m7g.large"] == 1


def test_weighted_instances_are_unknown() -> None:
    weighted = mixed(["m7g.large"], 1, 100, min_size=8)
    policy = weighted.values["mixed_instances_policy"]
    assert isinstance(policy, dict)
    chosen = policy["launch_template"]
    assert isinstance(chosen, dict)
    chosen["override"] = [{"instance_type": "m7g.large", "weighted_capacity": "4"}]
    assert monthly(weighted, TEMPLATE) is None


@pytest.mark.parametrize(
    "values",
    [
        {"min_size": "${var.size}"},
        {"min_size": 1, "desired_capacity": "${var.size}"},
        {"min_size": 1, "launch_template": {"id": "lt-unknown"}},
        {"min_size": 1, "launch_template": None},
        {"min_size": 1, "mixed_instances_policy": "${unknown}"},
        {"min_size": 1, "mixed_instances_policy": {"launch_template": {"override": "${unknown}"}}},
    ],
)
def test_an_unknown_argument_gives_an_unknown_cost(values: dict[str, Json]) -> None:
    assert monthly(group(**values), TEMPLATE) is None


def test_an_instance_costs_its_volumes_and_its_address() -> None:
    box = resource(
        "aws_instance",
        instance_type="m7g.xlarge",
        root_block_device={"volume_size": 30, "volume_type": "gp3"},
        ebs_block_device=[{"volume_size": 10, "volume_type": "gp3"}],
        monitoring=True,
        associate_public_ip_address=True,
    )
    assert monthly(box) == cents(
        730 * Decimal("0.1819"),
        30 * Decimal("0.088"),
        10 * Decimal("0.088"),
        7 * Decimal("0.30"),
        730 * Decimal("0.005"),
    )


def test_a_volume_defined_by_the_image_is_unknown() -> None:
    assert monthly(resource("aws_instance", instance_type="m7g.large")) is None
    unknown = resource("aws_instance", instance_type="m7g.large", root_block_device="${unknown}")
    assert monthly(unknown) is None


def test_a_volume_costs_its_size_and_is_gp2_by_default() -> None:
    assert monthly(resource("aws_ebs_volume", type="gp3", size=100)) == cents("8.80")
    assert quantities(resource("aws_ebs_volume", size=100)) == {"ebs/gp2": Decimal(100)}


@given(less=st.integers(0, 50), more=st.integers(0, 50), gib=st.integers(1, 500), wider=st.integers(0, 500))
def test_more_instances_and_larger_volumes_never_cost_less(
    less: int, more: int, gib: int, wider: int
) -> None:
    def cost(size: int, volume_charges: int) -> Decimal:
        ebs: Json = {"ebs": {"volume_size": volume_charges, "volume_type": "gp3"}}
        template = resource(
            "aws_launch_template", "t", instance_type="m7g.large", block_device_mappings=[ebs]
        )
        costs = monthly(group(min_size=size), template)
        assert costs is not None
        return costs

    assert cost(less, gib) <= cost(less + more, gib) <= cost(less + more, gib + wider)
