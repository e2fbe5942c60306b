"""A subnet of one tier in one zone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cdktf import Fn
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.route_table_association import RouteTableAssociation
from cdktf_cdktf_provider_aws.subnet import Subnet
from constructs import Construct

from constructs_arq.core.protocols import VirtualNetwork
from constructs_arq.network.address_plan import AddressPlan, Tier

_IPV6_BITS = 8  # from the VPC's /56 to a subnet's /64


@dataclass(frozen=True, kw_only=True)
class TierSettings:
    """The properties that all tiers of a network share. `ipv6_cidr` is None without IPv6."""

    network: VirtualNetwork
    name: str
    zones: Sequence[str]
    ipv6_cidr: str | None


class ZoneSubnet(Construct):
    """A subnet with its own route table, so that a change of routes affects one zone only."""

    def __init__(
        self, scope: Construct, zone: str, *, tier: Tier, settings: TierSettings, tags: Mapping[str, str]
    ) -> None:
        super().__init__(scope, zone)
        plan = AddressPlan(settings.network.cidr)
        own_tags = {"Name": f"{settings.name}-{tier}-{zone}", "tier": str(tier)}
        ipv6 = settings.ipv6_cidr
        self.address_range: str = str(plan.ipv4(tier, zone))
        self.subnet_id: str = Subnet(
            self,
            "Default",
            vpc_id=settings.network.vpc_id,
            availability_zone_id=zone,
            cidr_block=self.address_range,
            ipv6_cidr_block=Fn.cidrsubnet(ipv6, _IPV6_BITS, plan.ipv6_index(tier, zone)) if ipv6 else None,
            # In the public tier, the internet can reach each IPv6 address.
            assign_ipv6_address_on_creation=tier is not Tier.PUBLIC if ipv6 else None,
            map_public_ip_on_launch=False,
            tags={**own_tags, **tags},
        ).id
        self.route_table_id: str = RouteTable(
            self, "routes", vpc_id=settings.network.vpc_id, tags=own_tags
        ).id
        RouteTableAssociation(
            self, "association", subnet_id=self.subnet_id, route_table_id=self.route_table_id
        )
