"""A VPC that another team or tool manages, with its subnets."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

from pydantic import Field, model_validator

from constructs_arq.core.config import Config, collect_problems
from constructs_arq.core.values import SubnetId, VpcId
from constructs_arq.network.subnets import ExistingVpc, IsolatedSubnets, PrivateSubnets, PublicSubnets
from constructs_arq.network.values import Ipv4Range, ZoneId, require_consistent_subnets


@dataclass(frozen=True, kw_only=True)
class ExistingNetwork:
    """An existing VPC, with its subnets by tier. Created by `Network.from_ids`."""

    vpc_id: str
    cidr: str
    public: PublicSubnets
    private: PrivateSubnets
    isolated: IsolatedSubnets


def existing_network(
    *,
    vpc_id: str,
    cidr: str,
    public: Mapping[str, str],
    private: Mapping[str, str],
    isolated: Mapping[str, str],
) -> ExistingNetwork:
    """Return the network, with every id validated. See `Network.from_ids`."""
    with collect_problems("Network.from_ids"):
        given = _ExistingNetworkIds(
            vpc_id=vpc_id, cidr=cidr, public=public, private=private, isolated=isolated
        )
    vpc = ExistingVpc(vpc_id=given.vpc_id, cidr=given.cidr)
    return ExistingNetwork(
        vpc_id=vpc.vpc_id,
        cidr=vpc.cidr,
        public=PublicSubnets(network=vpc, ids_by_zone=MappingProxyType(dict(given.public))),
        private=PrivateSubnets(network=vpc, ids_by_zone=MappingProxyType(dict(given.private))),
        isolated=IsolatedSubnets(network=vpc, ids_by_zone=MappingProxyType(dict(given.isolated))),
    )


class _ExistingNetworkIds(Config):
    vpc_id: VpcId
    cidr: Ipv4Range
    public: Mapping[ZoneId, SubnetId] = Field(default_factory=dict)
    private: Mapping[ZoneId, SubnetId] = Field(default_factory=dict)
    isolated: Mapping[ZoneId, SubnetId] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _validate_subnets(self) -> Self:
        require_consistent_subnets(self.public, self.private, self.isolated)
        return self
