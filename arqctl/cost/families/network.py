"""Gateways, addresses, endpoints and load balancers: what they cost for being there, without traffic."""

from collections.abc import Iterator, Mapping

from arqctl.cost.charge import ONE, Charge, Charging
from arqctl.cost.priceable import Priced
from arqctl.cost.references import Resources
from arqctl.cost.values import count, flag, text

_AMAZON = "amazon"
_ENDPOINTS = {"Interface": "interface-endpoint", "GatewayLoadBalancer": "gateway-load-balancer-endpoint"}


def nat_gateway(resource: Priced, _: Resources) -> Iterator[Charge]:
    """One gateway of one zone. How many zones a regional one serves, AWS decides."""
    zonal = text(resource.values, "availability_mode", "zonal") == "zonal"
    yield Charge("vpc/nat-gateway", ONE if zonal else None, "NAT gateway")


def address(resource: Priced, _: Resources) -> Iterator[Charge]:
    """A public address, which costs the same whether it is used or idle, unless you brought it to AWS."""
    amazons = text(resource.values, "public_ipv4_pool", _AMAZON) == _AMAZON
    yield Charge("vpc/public-ipv4", ONE if amazons else None, "public IPv4 address")


def endpoint(resource: Priced, _: Resources) -> Iterator[Charge]:
    """An endpoint in each of its subnets. Gateway endpoints are free."""
    kind = text(resource.values, "vpc_endpoint_type", "Gateway")
    if kind == "Gateway":
        return
    item = _ENDPOINTS.get(kind, "?")
    zones = count(resource.values, "subnet_ids") if kind in _ENDPOINTS else None
    yield Charge(f"vpc/{item}", zones or None, f"{item.replace('-', ' ')} in a zone")


def load_balancer(resource: Priced, _: Resources) -> Iterator[Charge]:
    """A load balancer, and its public addresses where it faces the internet: one a subnet."""
    values = resource.values
    kind = text(values, "load_balancer_type", "application")
    yield Charge(f"elb/{kind or '?'}", ONE if kind else None, f"{kind or 'unknown'} load balancer")
    inside = flag(values, "internal")
    if kind == "gateway" or inside is True:
        return
    zones = count(values, "subnets") if inside is False else None
    yield Charge("vpc/public-ipv4", zones or None, "public IPv4 address")


NETWORK: Mapping[str, Charging] = {
    "aws_eip": address,
    "aws_lb": load_balancer,
    "aws_nat_gateway": nat_gateway,
    "aws_vpc_endpoint": endpoint,
}
