"""Networks cost by what stands in them."""

from decimal import Decimal

import pytest

from arqctl.core.assembly import Json
from arqctl.cost.estimate import estimate
from tests.arqctl.cost.priced_stacks import cents, monthly, quantities, resource

SUBNETS: Json = ["${aws_subnet.a.id}", "${aws_subnet.b.id}"]


def test_a_gateway_and_an_address_cost_their_hours() -> None:
    assert monthly(resource("aws_nat_gateway")) == cents("35.04")
    assert monthly(resource("aws_eip")) == cents("3.65")


def test_how_many_zones_a_regional_gateway_serves_is_not_known() -> None:
    assert monthly(resource("aws_nat_gateway", availability_mode="regional")) is None


def test_an_address_that_you_brought_is_not_amazons() -> None:
    assert monthly(resource("aws_eip", public_ipv4_pool="amazon")) == cents("3.65")
    assert monthly(resource("aws_eip", public_ipv4_pool="ipv4pool-ec2-1")) is None


def test_an_interface_endpoint_costs_in_each_zone() -> None:
    endpoint = resource("aws_vpc_endpoint", vpc_endpoint_type="Interface", subnet_ids=SUBNETS)
    assert monthly(endpoint) == cents(2 * 730 * Decimal("0.011"))


@pytest.mark.parametrize("values", [{}, {"vpc_endpoint_type": "Gateway"}])
def test_a_gateway_endpoint_is_free(values: dict[str, Json]) -> None:
    told = estimate([resource("aws_vpc_endpoint", **values)])
    assert (told.lines, told.coverage) == ((), 100)


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
def test_other_endpoints_are_not_guessed(values: dict[str, Json]) -> None:
    assert monthly(resource("aws_vpc_endpoint", **values)) is None


def test_a_load_balancer_inside_has_no_public_address() -> None:
    assert monthly(resource("aws_lb", internal=True)) == cents(730 * Decimal("0.0252"))


def test_one_that_faces_the_internet_has_an_address_in_each_zone() -> None:
    facing = resource("aws_lb", internal=False, subnets=SUBNETS)
    assert monthly(facing) == cents(730 * Decimal("0.0252"), 2 * 730 * Decimal("0.005"))
    assert quantities(resource("aws_lb"))["vpc/public-ipv4"] is None
    assert quantities(resource("aws_lb", internal="${var.x}", subnets=SUBNETS))["vpc/public-ipv4"] is None


def test_other_kinds_of_load_balancers_have_their_own_price() -> None:
    assert quantities(resource("aws_lb", load_balancer_type="network", internal=True)) == {
        "elb/network": Decimal(1)
    }
    assert monthly(resource("aws_lb", load_balancer_type="${var.kind}", internal=True)) is None
