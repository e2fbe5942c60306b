"""Builds networks to test, and finds their subnets and routes."""

import re
from dataclasses import dataclass
from functools import cached_property

from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.nat import Nat
from constructs_arq.network.network import Network
from tests.support import Resource, Synthesized, synthesize

ZONES = ("euw1-az1", "euw1-az2", "euw1-az3")

_REFERENCE = re.compile(r"\$\{(aws_\w+\.[\w-]+)\.\w+\}")


def synthesize_network(
    *, zones: tuple[str, ...] = ZONES, nat: Nat = Nat.PER_ZONE, ipv6: bool = False
) -> "RoutedNetwork":
    """Synthesize a network with the range of all tests."""
    config = NetworkConfig(cidr="10.40.0.0/16", zones=zones, nat=nat, ipv6=ipv6)
    return RoutedNetwork(synthesize(lambda stack: Network(stack, "network", config=config)))


@dataclass(frozen=True)
class RoutedNetwork:
    """A synthesized network, with its subnets and routes."""

    stack: Synthesized

    @cached_property
    def resources(self) -> dict[str, Resource]:
        """Return each resource by its address."""
        return {
            f"{kind}.{name}": resource
            for kind, named in self.stack.json["resource"].items()
            for name, resource in named.items()
        }

    def subnets(self, tier: str) -> dict[str, str]:
        """Return the addresses of a tier's subnets, by zone."""
        return {
            resource["availability_zone_id"]: address
            for address, resource in self.resources.items()
            if address.startswith("aws_subnet.") and resource["tags"]["tier"] == tier
        }

    def routes_of(self, subnet: str) -> list[Resource]:
        """Return the routes in the route table of a subnet."""
        [table] = [
            referenced(association["route_table_id"])
            for association in self.stack.of_type("aws_route_table_association").values()
            if referenced(association["subnet_id"]) == subnet
        ]
        inline: list[Resource] = self.resources[table].get("route", [])
        return inline + [
            route
            for route in self.stack.of_type("aws_route").values()
            if referenced(route["route_table_id"]) == table
        ]


def referenced(expression: str) -> str:
    """Return the address of the resource that `${aws_x.name.attribute}` refers to."""
    match = _REFERENCE.fullmatch(expression)
    assert match, f"{expression} is not a plain reference"
    return match[1]
