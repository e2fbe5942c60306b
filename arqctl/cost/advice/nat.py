"""Advice: traffic to AWS through the cheaper of endpoints and NAT gateways."""

from collections.abc import Iterator
from decimal import Decimal

from arqctl.cost.advice.saving import Saving, StackCosts, dollars, price_of
from arqctl.cost.arguments import read_text
from arqctl.cost.priceable import PriceableResource

_S3_SHARE = Decimal("0.5")
"""Share of the traffic through NAT gateways that is for S3 without its endpoint, such as layers of images."""


def advise_endpoints(stack: StackCosts) -> Iterator[Saving]:
    """Compare each interface endpoint with its traffic through NAT gateways, and find a missing one of S3."""
    gateways = tuple(stack.of_type("aws_nat_gateway"))
    if gateways:
        yield from _missing_gateway_endpoint(stack, gateways)
        yield from _expensive_endpoints(stack)


def _missing_gateway_endpoint(stack: StackCosts, gateways: tuple[PriceableResource, ...]) -> Iterator[Saving]:
    if any(_kind(each) == "Gateway" and _service(each) == "s3" for each in stack.of_type("aws_vpc_endpoint")):
        return
    traffic = sum((stack.monthly(each, "vpc/nat-gateway-data") for each in gateways), Decimal(0))
    if traffic:
        yield Saving(
            kind="nat",
            change="Add the gateway endpoint of S3, which is free",
            monthly=round(traffic * _S3_SHARE, 2),
            calculation=f"{_S3_SHARE:.0%} of {dollars(traffic)} for traffic through NAT gateways",
            trade_off="Policies of buckets that name the address of the gateway must name the endpoint.",
            addresses=tuple(each.address for each in gateways),
        )


def _expensive_endpoints(stack: StackCosts) -> Iterator[Saving]:
    endpoints = [each for each in stack.of_type("aws_vpc_endpoint") if _kind(each) == "Interface"]
    saved, hours, addresses = Decimal(0), Decimal(0), []
    for each in endpoints:
        traffic = price_of(each.region, "vpc/nat-gateway-data", stack.resources.usage("endpoint_gib"))
        cost = stack.monthly(each)
        if traffic is not None and cost > traffic:
            saved, hours = saved + cost - traffic, hours + cost
            addresses.append(each.address)
    if saved:
        yield Saving(
            kind="nat",
            change=f"Remove {len(addresses)} interface endpoints: their traffic goes through NAT gateways",
            monthly=saved,
            calculation=f"{dollars(hours)} for endpoints - {dollars(hours - saved)} for the same traffic",
            trade_off="Traffic to AWS leaves the network, without a policy of an endpoint.",
            addresses=tuple(addresses),
        )


def advise_shared_gateway(stack: StackCosts) -> Iterator[Saving]:
    """Share one NAT gateway between zones. CKV2_ARQ_1 forbids it in protected environments."""
    gateways = tuple(stack.of_type("aws_nat_gateway"))
    if len(gateways) > 1 and not stack.is_protected:
        fixed = [
            stack.monthly(each, "vpc/nat-gateway") - stack.monthly(each, "vpc/nat-gateway-data")
            for each in gateways
        ]
        addresses = [stack.monthly(each) for each in stack.of_type("aws_eip")][1 : len(gateways)]
        monthly = sum(fixed[1:], Decimal(0)) + sum(addresses, Decimal(0))
        yield Saving(
            kind="nat",
            change="Share one NAT gateway between the zones",
            monthly=monthly,
            calculation=f"{len(gateways) - 1} gateways and their addresses",
            trade_off="A failure of its zone disconnects all zones.",
            addresses=tuple(each.address for each in gateways[1:]),
        )


def _kind(endpoint: PriceableResource) -> str:
    return read_text(endpoint.values, "vpc_endpoint_type", "Gateway")


def _service(endpoint: PriceableResource) -> str:
    return read_text(endpoint.values, "service_name").rpartition(".")[2]
