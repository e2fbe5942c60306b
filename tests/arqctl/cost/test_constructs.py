"""Constructs sum up to the whole, the dearest first."""

from dataclasses import replace
from decimal import Decimal

import pytest

from arqctl.cost.constructs import Entry, by_construct
from arqctl.cost.estimate import estimate
from tests.arqctl.cost.priced_stacks import ENVIRONMENTS, cents, resource, snapshot


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_they_sum_up_to_the_estimate(environment: str) -> None:
    told = estimate(snapshot(environment))
    constructs = by_construct(told)
    assert sum(each.monthly for each in constructs) == told.monthly
    assert sum(each.unpriced for each in constructs) == len(told.unpriced)
    assert all(sum(entry.monthly for entry in each.entries) == each.monthly for each in constructs)


def test_what_is_charged_alike_is_one_entry_and_parts_of_a_construct_are_in_it() -> None:
    keys = [
        replace(resource("aws_kms_key", "a"), path="production/database/key/Default"),
        replace(resource("aws_kms_key", "b"), path="production/database/replicas/key"),
        replace(resource("aws_nat_gateway"), path="production/network/nat/euw1-az1"),
        replace(resource("aws_quantum_computer"), path="production/network/computer"),
    ]
    network, database = by_construct(estimate(keys))
    assert (network.path, network.unpriced) == ("production/network", 1)
    assert (database.path, database.unpriced) == ("production/database", 0)
    assert network.entries == (Entry("NAT gateway", Decimal(1), cents(730 * Decimal("0.048"))),)
    assert database.entries == (Entry("key", Decimal(2), Decimal("2.00")),)
