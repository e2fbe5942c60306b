"""Charges of gateways, public addresses, endpoints and load balancers, without traffic."""

from collections.abc import Iterator, Mapping

from arqctl.cost.arguments import count_elements, read_flag, read_text
from arqctl.cost.charges.charge import ONE, Charge, ChargeFunction
from arqctl.cost.priceable import PriceableResource
from arqctl.cost.stack_resources import StackResources

_AMAZON = "amazon"
_ENDPOINTS = {"Interface": "interface-endpoint", "GatewayLoadBalancer": "gateway-load-balancer-endpoint"}


def charge_nat_gateway(resource: PriceableResource, _: StackResources) -> Iterator[Charge]:
    """Charge one zonal NAT gateway. AWS decides how many zones a regional one serves."""
    is_zonal = read_text(resource.values, "availability_mode", "zonal") == "zonal"
    yield Charge("vpc/nat-gateway", ONE if is_zonal else None, "NAT gateway")


def charge_public_address(resource: PriceableResource, _: StackResources) -> Iterator[Charge]:
    """Charge a public address, used or idle, unless you brought it to AWS."""
    is_amazon_owned = read_text(resource.values, "public_ipv4_pool", _AMAZON) == _AMAZON
    yield Charge("vpc/public-ipv4", ONE if is_amazon_owned else None, "public IPv4 address")


def charge_endpoint(resource: PriceableResource, _: StackResources) -> Iterator[Charge]:
    """Charge an endpoint in each of its subnets. Gateway endpoints are free."""
    kind = read_text(resource.values, "vpc_endpoint_type", "Gateway")
    if kind == "Gateway":
        return
    item = _ENDPOINTS.get(kind, "?")
    zones = count_elements(resource.values, "subnet_ids") if kind in _ENDPOINTS else None
    yield Charge(f"vpc/{item}", zones or None, f"{item.replace('-', ' ')} in a zone")


def charge_load_balancer(resource: PriceableResource, _: StackResources) -> Iterator[Charge]:
    """Charge a load balancer and, if it is internet-facing, a public address in each subnet."""
    values = resource.values
    kind = read_text(values, "load_balancer_type", "application")
    yield Charge(f"elb/{kind or '?'}", ONE if kind else None, f"{kind or 'unknown'} load balancer")
    is_internal = read_flag(values, "internal")
    if kind == "gateway" or is_internal is True:
        return
    subnets = count_elements(values, "subnets") if is_internal is False else None
    yield Charge("vpc/public-ipv4", subnets or None, "public IPv4 address")


NETWORK: Mapping[str, ChargeFunction] = {
    "aws_eip": charge_public_address,
    "aws_lb": charge_load_balancer,
    "aws_nat_gateway": charge_nat_gateway,
    "aws_vpc_endpoint": charge_endpoint,
}
