"""Construct costs sum up to the estimate, most expensive first."""

from dataclasses import replace
from decimal import Decimal

import pytest

from arqctl.cost.construct_costs import CostItem, costs_by_construct
from arqctl.cost.estimate import estimate
from tests.arqctl.cost.priced_stacks import ENVIRONMENTS, cents, resource, snapshot


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_construct_costs_sum_up_to_the_estimate(environment: str) -> None:
    costs = estimate(snapshot(environment))
    constructs = costs_by_construct(costs)
    assert sum(each.monthly for each in constructs) == costs.monthly
    assert sum(each.unpriced for each in constructs) == len(costs.unpriced)
    assert all(sum(item.monthly for item in each.items) == each.monthly for each in constructs)


def test_equal_charges_are_merged_and_nested_constructs_included() -> None:
    keys = [
        replace(resource("aws_kms_key", "a"), path="production/database/key/Default"),
        replace(resource("aws_kms_key", "b"), path="production/database/replicas/key"),
        replace(resource("aws_nat_gateway"), path="production/network/nat/euw1-az1"),
        replace(resource("aws_quantum_computer"), path="production/network/computer"),
    ]
    network, database = costs_by_construct(estimate(keys))
    assert (network.path, network.unpriced) == ("production/network", 1)
    assert (database.path, database.unpriced) == ("production/database", 0)
    assert network.items == (CostItem("NAT gateway", Decimal(1), cents(730 * Decimal("0.048"))),)
    assert database.items == (CostItem("key", Decimal(2), Decimal("2.00")),)
