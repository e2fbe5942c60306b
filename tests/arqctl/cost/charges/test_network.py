"""Gateways, addresses, endpoints and load balancers are charged by the hour."""

from decimal import Decimal

import pytest

from arqctl.core.json_access import Json
from arqctl.cost.estimate import estimate
from tests.arqctl.cost.priced_stacks import cents, monthly, quantities, resource

SUBNETS: Json = ["${aws_subnet.a.id}", "${aws_subnet.b.id}"]


def test_a_gateway_and_an_address_cost_their_hours() -> None:
    assert monthly(resource("aws_nat_gateway")) == cents("35.04")
    assert monthly(resource("aws_eip")) == cents("3.65")


def test_a_regional_gateway_has_an_unknown_number_of_zones() -> None:
    assert monthly(resource("aws_nat_gateway", availability_mode="regional")) is None


def test_an_address_of_your_own_has_an_unknown_cost() -> None:
    assert monthly(resource("aws_eip", public_ipv4_pool="amazon")) == cents("3.65")
    assert monthly(resource("aws_eip", public_ipv4_pool="ipv4pool-ec2-1")) is None


def test_an_interface_endpoint_costs_in_each_zone() -> None:
    endpoint = resource("aws_vpc_endpoint", vpc_endpoint_type="Interface", subnet_ids=SUBNETS)
    assert monthly(endpoint) == cents(2 * 730 * Decimal("0.011"))


@pytest.mark.parametrize("values", [{}, {"vpc_endpoint_type": "Gateway"}])
def test_a_gateway_endpoint_is_free(values: dict[str, Json]) -> None:
    costs = estimate([resource("aws_vpc_endpoint", **values)])
    assert (costs.resources, costs.coverage) == ((), 100)


@pytest.mark.parametrize(
    "values",
    [
        {"vpc_endpoint_type": "Interface", "subnet_ids": "${var.subnets}"},
        {"vpc_endpoint_type": "Interface"},
        {"vpc_endpoint_type": "${var.kind}"},
        {"vpc_endpoint_type": "GatewayLoadBalancer", "subnet_ids": SUBNETS},
        {"vpc_endpoint_type": "Resource", "subnet_ids": SUBNETS},
    ],
)
def test_other_endpoints_are_unknown(values: dict[str, Json]) -> None:
    assert monthly(resource("aws_vpc_endpoint", **values)) is None


def test_an_internal_load_balancer_has_no_public_address() -> None:
    assert monthly(resource("aws_lb", internal=True)) == cents(730 * Decimal("0.0252"))


def test_an_internet_facing_load_balancer_has_an_address_in_each_subnet() -> None:
    facing = resource("aws_lb", internal=False, subnets=SUBNETS)
    assert monthly(facing) == cents(730 * Decimal("0.0252"), 2 * 730 * Decimal("0.005"))
    assert quantities(resource("aws_lb"))["vpc/public-ipv4"] is None
    assert quantities(resource("aws_lb", internal="${var.x}", subnets=SUBNETS))["vpc/public-ipv4"] is None


def test_other_kinds_of_load_balancers_have_their_own_price() -> None:
    assert quantities(resource("aws_lb", load_balancer_type="network", internal=True)) == {
        "elb/network": Decimal(1)
    }
    assert monthly(resource("aws_lb", load_balancer_type="${var.kind}", internal=True)) is None
