"""Charges of gateways, public addresses, endpoints and load balancers, and of traffic in a network."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from arqctl.cost.arguments import count_elements, read_block, read_flag, read_text
from arqctl.cost.charges.charge import ONE, Charge, ChargeFunction, charge_usage
from arqctl.cost.priceable import PriceableResource
from arqctl.cost.stack_resources import StackResources

_AMAZON = "amazon"
_INTERNAL_SERVICES = ("ClusterIP", "ExternalName", "NodePort")
_WITH_CAPACITY_UNITS = ("application", "network")
_DIRECTIONS = Decimal(2)
"""Traffic between zones is charged where it leaves, and where it arrives."""
_ENDPOINTS = {"Interface": "interface-endpoint", "GatewayLoadBalancer": "gateway-load-balancer-endpoint"}


def charge_nat_gateway(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge one zonal NAT gateway. AWS decides how many zones a regional one serves."""
    is_zonal = read_text(resource.values, "availability_mode", "zonal") == "zonal"
    yield Charge("vpc/nat-gateway", ONE if is_zonal else None, "NAT gateway")
    yield from charge_usage("vpc/nat-gateway-data", stack.usage("nat_gib"), "GiB through a NAT gateway")


def charge_public_address(resource: PriceableResource, _: StackResources) -> Iterator[Charge]:
    """Charge a public address, used or idle, unless you brought it to AWS."""
    is_amazon_owned = read_text(resource.values, "public_ipv4_pool", _AMAZON) == _AMAZON
    yield Charge("vpc/public-ipv4", ONE if is_amazon_owned else None, "public IPv4 address")


def charge_endpoint(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge an endpoint in each of its subnets. Gateway endpoints are free."""
    kind = read_text(resource.values, "vpc_endpoint_type", "Gateway")
    if kind == "Gateway":
        return
    item = _ENDPOINTS.get(kind, "?")
    zones = count_elements(resource.values, "subnet_ids") if kind in _ENDPOINTS else None
    yield Charge(f"vpc/{item}", zones or None, f"{item.replace('-', ' ')} in a zone")
    if kind == "Interface":
        traffic = stack.usage("endpoint_gib")
        yield from charge_usage("vpc/interface-endpoint-data", traffic, "GiB through an interface endpoint")


def charge_load_balancer(resource: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge a load balancer and, if it is internet-facing, a public address in each subnet."""
    values = resource.values
    kind = read_text(values, "load_balancer_type", "application")
    yield Charge(f"elb/{kind or '?'}", ONE if kind else None, f"{kind or 'unknown'} load balancer")
    if kind in _WITH_CAPACITY_UNITS:
        yield from charge_usage(
            f"elb/{kind}-lcu", stack.usage("lcus"), f"capacity unit of load balancer: {kind}"
        )
    is_internal = read_flag(values, "internal")
    if kind == "gateway" or is_internal is True:
        return
    subnets = count_elements(values, "subnets") if is_internal is False else None
    yield Charge("vpc/public-ipv4", subnets or None, "public IPv4 address")


def charge_service(resource: PriceableResource, _: StackResources) -> Iterator[Charge]:
    """Charge a service of Kubernetes that makes a load balancer. Others are free."""
    kind = read_text(read_block(resource.values, "spec"), "type", "ClusterIP")
    if kind not in _INTERNAL_SERVICES:
        yield Charge("elb/?", None, "load balancer of a service")


def charge_vpc(_: PriceableResource, stack: StackResources) -> Iterator[Charge]:
    """Charge the traffic between the zones of a network. The network is free."""
    traffic = stack.usage("inter_zone_gib") * _DIRECTIONS
    yield from charge_usage("transfer/inter-zone", traffic, "GiB out of or into a zone")


NETWORK: Mapping[str, ChargeFunction] = {
    "aws_eip": charge_public_address,
    "aws_lb": charge_load_balancer,
    "aws_nat_gateway": charge_nat_gateway,
    "aws_vpc": charge_vpc,
    "aws_vpc_endpoint": charge_endpoint,
    "kubernetes_service_v1": charge_service,
}
