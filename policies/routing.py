"""Routing of subnets, read from a stack's subnets, route tables and routes."""

from dataclasses import dataclass

from policies.stack import Block, Json, Stack, at

DEFAULT_DESTINATIONS = frozenset({"0.0.0.0/0", "::/0"})


@dataclass(frozen=True)
class Route:
    """A route of a route table, standalone or inline."""

    body: Json

    @property
    def is_default(self) -> bool:
        """Whether its destination is all addresses, or an expression that may be all addresses."""
        destinations = [
            at(self.body, key)
            for key in (
                "destination_cidr_block",
                "destination_ipv6_cidr_block",
                "cidr_block",
                "ipv6_cidr_block",
            )
        ]
        return any(str(each) in DEFAULT_DESTINATIONS or "${" in str(each) for each in destinations if each)


def routes(table: Block, stack: Stack) -> list[Route]:
    """Return the inline routes of a route table and the standalone routes that refer to it."""
    standalone = [
        route.body
        for route in stack.of_type("aws_route")
        if table in stack.resolve(route.get("route_table_id"), table.type)
    ]
    return [Route(body) for body in (*table.blocks("route"), *standalone)]


def route_tables(subnet: Block, stack: Stack) -> list[Block]:
    """Return the route tables of a subnet (at most one in a valid stack)."""
    return [
        table
        for association in stack.of_type("aws_route_table_association")
        if subnet in stack.resolve(association.get("subnet_id"), "aws_subnet")
        for table in stack.resolve(
            association.get("route_table_id"), "aws_route_table", "aws_default_route_table"
        )
    ]


def subnets_of(table: Block, stack: Stack) -> list[Block]:
    """Return the subnets that are associated with a route table."""
    return [subnet for subnet in stack.of_type("aws_subnet") if table in route_tables(subnet, stack)]


def zone(subnet: Block) -> str | None:
    """Return a subnet's zone id or zone name, or None if it has neither."""
    name = subnet.get("availability_zone_id") or subnet.get("availability_zone")
    return name if isinstance(name, str) else None


def reaches_internet_gateway(subnet: Block, stack: Stack) -> bool:
    """Return whether a subnet is public: its route table has a route to an internet gateway."""
    return any(
        stack.resolve(at(route.body, "gateway_id"), "aws_internet_gateway")
        for table in route_tables(subnet, stack)
        for route in routes(table, stack)
    )


def has_default_route(subnet: Block, stack: Stack) -> bool:
    """Return whether a subnet has a default route to any target."""
    return any(route.is_default for table in route_tables(subnet, stack) for route in routes(table, stack))


def subnets_in_group(group: Block, stack: Stack) -> list[Block] | None:
    """Return the subnets of a subnet group, or None if one of them is not in the stack."""
    subnet_ids = group.get("subnet_ids")
    subnets = stack.resolve(subnet_ids, "aws_subnet")
    return subnets if isinstance(subnet_ids, list) and 0 < len(subnet_ids) == len(subnets) else None
