"""Subnets of the three tiers. Each tier is a type, so a construct can require isolated subnets."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

from constructs import Construct
from pydantic import Field, model_validator

from constructs_arq.core.config import Config, collect_problems
from constructs_arq.core.protocols import VirtualNetwork
from constructs_arq.core.values import SubnetId, VpcId
from constructs_arq.network.values import Ipv4Range, ZoneId, require_consistent_subnets


@dataclass(frozen=True, kw_only=True)
class ExistingVpc:
    """A VPC that another team or tool manages."""

    vpc_id: str
    cidr: str


@dataclass(frozen=True, kw_only=True)
class Subnets:
    """The subnets of one tier: one in each zone.

    `dependencies` are the constructs with their routes, which instances in the subnets need. Existing subnets
    have none. `ranges` are their IPv4 ranges; empty if they are not known. `reachable_services` are the AWS
    services with an endpoint, if there is no other way to reach AWS; None if there is one, or if it isn't
    known.
    """

    network: VirtualNetwork
    ids_by_zone: Mapping[str, str]
    dependencies: tuple[Construct, ...] = ()
    ranges: tuple[str, ...] = ()
    reachable_services: frozenset[str] | None = None

    @classmethod
    def from_ids(cls, *, vpc_id: str, vpc_cidr: str, subnet_ids: Mapping[str, str]) -> Self:
        """Return existing subnets, with each subnet's id by zone id. AWS is not called.

        The caller is responsible for the tier: routes of existing subnets are not checked.

        Raises:
            ConfigError: with every invalid id or range.
        """
        with collect_problems(f"{cls.__name__}.from_ids"):
            given = _ExistingSubnets(vpc_id=vpc_id, vpc_cidr=vpc_cidr, subnet_ids=subnet_ids)
        return cls(
            network=ExistingVpc(vpc_id=given.vpc_id, cidr=given.vpc_cidr),
            ids_by_zone=MappingProxyType(dict(given.subnet_ids)),
        )

    @property
    def address_ranges(self) -> tuple[str, ...]:
        """The subnets' IPv4 ranges, or the range of the VPC if they are not known."""
        return self.ranges or (self.network.cidr,)

    @property
    def subnet_ids(self) -> list[str]:
        """The subnets' ids, in the order of the zones."""
        return list(self.ids_by_zone.values())


class PublicSubnets(Subnets):
    """Subnets that the internet can reach: for NAT gateways and internet-facing load balancers only.

    Instances get no public address unless they ask for one.
    """


class PrivateSubnets(Subnets):
    """Subnets for nodes, pods and internal load balancers: they reach the internet through NAT."""


class IsolatedSubnets(Subnets):
    """Subnets for databases and caches: no route leads out of the VPC or into it.

    The account's own buckets and tables are reachable through gateway endpoints, for imports and exports.
    """


class _ExistingSubnets(Config):
    vpc_id: VpcId
    vpc_cidr: Ipv4Range
    subnet_ids: Mapping[ZoneId, SubnetId] = Field(min_length=1, description="Give one subnet for each zone.")

    @model_validator(mode="after")
    def _validate_subnets(self) -> Self:
        require_consistent_subnets(self.subnet_ids)
        return self
