"""Three tiers of subnets, each a type of its own, so that what must be isolated can't be placed elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cdktf import Fn
from cdktf_cdktf_provider_aws.route import Route
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.route_table_association import RouteTableAssociation
from cdktf_cdktf_provider_aws.subnet import Subnet
from constructs import Construct

from constructs_arq.core.contracts import VirtualNetwork
from constructs_arq.network.acl import add_inside_acl, add_open_acl
from constructs_arq.network.address_plan import AddressPlan, Tier

EVERYWHERE_IPV4 = "0.0.0.0/0"
EVERYWHERE_IPV6 = "::/0"
_IPV6_BITS = 8  # from the VPC's /56 to a subnet's /64


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What every tier is laid out by."""

    network: VirtualNetwork
    name: str
    zones: Sequence[str]
    ipv6_cidr: str | None


class ZoneSubnet(Construct):
    """One tier's subnet in one zone, with a route table of its own: no zone's routes touch another's."""

    def __init__(self, scope: Construct, zone: str, *, tier: Tier, layout: Layout, tags: Mapping[str, str]) -> None:
        super().__init__(scope, zone)
        plan = AddressPlan(layout.network.cidr)
        names = {"Name": f"{layout.name}-{tier}-{zone}", "tier": str(tier)}
        ipv6 = layout.ipv6_cidr
        self.zone = zone
        self.cidr = str(plan.ipv4(tier, zone))
        self.subnet_id: str = Subnet(
            self,
            "Default",
            vpc_id=layout.network.vpc_id,
            availability_zone_id=zone,
            cidr_block=self.cidr,
            ipv6_cidr_block=ipv6 and Fn.cidrsubnet(ipv6, _IPV6_BITS, plan.ipv6_index(tier, zone)),
            assign_ipv6_address_on_creation=True if ipv6 else None,
            map_public_ip_on_launch=False,
            tags={**names, **tags},
        ).id
        self.route_table_id: str = RouteTable(
            self, "routes", vpc_id=layout.network.vpc_id, tags=names
        ).id
        RouteTableAssociation(
            self, "association", subnet_id=self.subnet_id, route_table_id=self.route_table_id
        )


class PublicSubnets(Construct):
    """Subnets that the internet can reach: for NAT gateways and internet-facing load balancers only.

    Nothing launched here gets a public address unless it asks for one.
    """

    def __init__(self, scope: Construct, id: str, *, layout: Layout, internet_gateway_id: str) -> None:
        super().__init__(scope, id)
        self.network = layout.network
        # https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/subnet_discovery/
        self.by_zone = _subnets(self, Tier.PUBLIC, layout, {"kubernetes.io/role/elb": "1"})
        self.subnet_ids = [subnet.subnet_id for subnet in self.by_zone.values()]
        self.cidrs = [subnet.cidr for subnet in self.by_zone.values()]
        for subnet in self.by_zone.values():
            Route(
                subnet,
                "internet",
                route_table_id=subnet.route_table_id,
                destination_cidr_block=EVERYWHERE_IPV4,
                gateway_id=internet_gateway_id,
            )
            if layout.ipv6_cidr:
                Route(
                    subnet,
                    "internet-ipv6",
                    route_table_id=subnet.route_table_id,
                    destination_ipv6_cidr_block=EVERYWHERE_IPV6,
                    gateway_id=internet_gateway_id,
                )
        add_open_acl(self, network=self.network, subnet_ids=self.subnet_ids, name=f"{layout.name}-{Tier.PUBLIC}")
