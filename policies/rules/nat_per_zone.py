"""NAT gateways of production subnets."""

from policies.routing import Route, routes, subnets_of, zone
from policies.rule import rule
from policies.stack import Block, Stack, at
from policies.verdict import Verdict, all_pass, pass_if


@rule(
    id="CKV2_ARQ_1",
    severity="HIGH",
    on=("aws_route_table",),
    production_only=True,
    why="If all zones share one NAT gateway, a failure of its zone disconnects the other zones.",
    link="https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
)
def nat_per_zone(table: Block, stack: Stack) -> Verdict:
    """Production private route tables must route through a NAT gateway in the zone of their subnets."""
    nat_routes = [
        route for route in routes(table, stack) if route.is_default and at(route.body, "nat_gateway_id")
    ]
    if not nat_routes:
        return Verdict.NOT_APPLICABLE
    zones = {zone(subnet) for subnet in subnets_of(table, stack)}
    return all_pass(_uses_gateway_in(zones, route, stack) for route in nat_routes)


def _uses_gateway_in(zones: set[str | None], route: Route, stack: Stack) -> Verdict:
    gateways = stack.resolve(at(route.body, "nat_gateway_id"), "aws_nat_gateway")
    if not gateways:
        return Verdict.UNKNOWN
    return all_pass(_is_in_zones(gateway, zones, stack) for gateway in gateways)


def _is_in_zones(gateway: Block, zones: set[str | None], stack: Stack) -> Verdict:
    if gateway.get("availability_mode") == "regional":
        return Verdict.PASS
    gateway_zones = {zone(subnet) for subnet in stack.resolve(gateway.get("subnet_id"), "aws_subnet")}
    if not gateway_zones or None in gateway_zones | zones:
        return Verdict.UNKNOWN
    return pass_if(gateway_zones == zones)
