"""A zone of production that loses its neighbour keeps its way out."""

from policies.routing import Route, routes, subnets_of, zone
from policies.rule import rule
from policies.stack import Block, Stack, at
from policies.verdict import Verdict, all_hold, decided


@rule(
    id="CKV2_ARQ_1",
    severity="HIGH",
    on=("aws_route_table",),
    production_only=True,
    why="When all zones leave through one NAT gateway, the failure of its zone cuts off the others.",
    link="https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
)
def nat_per_zone(table: Block, stack: Stack) -> Verdict:
    """In production each private route table leaves through a NAT gateway of its own zone."""
    ways = [route for route in routes(table, stack) if route.is_default and at(route.body, "nat_gateway_id")]
    if not ways:
        return Verdict.NOT_CONCERNED
    zones = {zone(subnet) for subnet in subnets_of(table, stack)}
    return all_hold(_stays_in(zones, way, stack) for way in ways)


def _stays_in(zones: set[str | None], way: Route, stack: Stack) -> Verdict:
    gateways = stack.referred(at(way.body, "nat_gateway_id"), "aws_nat_gateway")
    if not gateways:
        return Verdict.UNKNOWN
    return all_hold(_serves(gateway, zones, stack) for gateway in gateways)


def _serves(gateway: Block, zones: set[str | None], stack: Stack) -> Verdict:
    if gateway.get("availability_mode") == "regional":
        return Verdict.PASS
    homes = {zone(subnet) for subnet in stack.referred(gateway.get("subnet_id"), "aws_subnet")}
    if not homes or None in homes | zones:
        return Verdict.UNKNOWN
    return decided(homes == zones)
