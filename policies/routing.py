"""Where packets of a subnet can go, read from a stack's subnets, route tables and routes."""

from dataclasses import dataclass

from policies.stack import Block, Json, Stack, at

DEFAULT_DESTINATIONS = frozenset({"0.0.0.0/0", "::/0"})


@dataclass(frozen=True)
class Route:
    """One route of a table, standalone or inline."""

    body: Json

    @property
    def is_default(self) -> bool:
        """Whether it takes everything that no narrower route takes, or can't be told apart from that."""
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
    """Return a table's routes: those inside it and those that refer to it."""
    standalone = [
        route.body
        for route in stack.of_type("aws_route")
        if table in stack.referred(route.get("route_table_id"), table.type)
    ]
    return [Route(body) for body in (*table.blocks("route"), *standalone)]


def route_tables(subnet: Block, stack: Stack) -> list[Block]:
    """Return the tables that a subnet is associated with (one, in a stack that Terraform accepts)."""
    return [
        table
        for association in stack.of_type("aws_route_table_association")
        if subnet in stack.referred(association.get("subnet_id"), "aws_subnet")
        for table in stack.referred(
            association.get("route_table_id"), "aws_route_table", "aws_default_route_table"
        )
    ]


def subnets_of(table: Block, stack: Stack) -> list[Block]:
    """Return the subnets that are associated with a table."""
    return [subnet for subnet in stack.of_type("aws_subnet") if table in route_tables(subnet, stack)]


def zone(subnet: Block) -> str | None:
    """Return a subnet's zone, by id or by name, as written; None where it isn't given."""
    named = subnet.get("availability_zone_id") or subnet.get("availability_zone")
    return named if isinstance(named, str) else None


def reaches_internet_gateway(subnet: Block, stack: Stack) -> bool:
    """Tell whether a subnet is public: a route of its table leads to an internet gateway."""
    return any(
        stack.referred(at(route.body, "gateway_id"), "aws_internet_gateway")
        for table in route_tables(subnet, stack)
        for route in routes(table, stack)
    )


def has_default_route(subnet: Block, stack: Stack) -> bool:
    """Tell whether a subnet has any way out, whatever its target."""
    return any(route.is_default for table in route_tables(subnet, stack) for route in routes(table, stack))


def grouped_subnets(group: Block, stack: Stack) -> list[Block] | None:
    """Return the subnets of a subnet group, or None where one of them isn't in the stack."""
    written = group.get("subnet_ids")
    subnets = stack.referred(written, "aws_subnet")
    return subnets if isinstance(written, list) and 0 < len(written) == len(subnets) else None
