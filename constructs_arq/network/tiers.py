"""Creates the subnets of the three tiers, with their route tables, routes and network ACLs."""

from collections.abc import Mapping
from types import MappingProxyType

from cdktf_cdktf_provider_aws.route import Route
from constructs import Construct

from constructs_arq.network.acl import create_internal_acl, create_internet_acl
from constructs_arq.network.address_plan import ANY_IPV4, ANY_IPV6, Tier
from constructs_arq.network.subnets import IsolatedSubnets, PrivateSubnets, PublicSubnets
from constructs_arq.network.zone_subnet import TierSettings, ZoneSubnet


class PublicTier(Construct):
    """The public subnets, with routes to the internet gateway."""

    def __init__(
        self, scope: Construct, id: str, *, settings: TierSettings, internet_gateway_id: str
    ) -> None:
        super().__init__(scope, id)
        # The AWS Load Balancer Controller places internet-facing load balancers in subnets with this tag.
        # https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/subnet_discovery/
        tags = {"kubernetes.io/role/elb": "1"}
        zone_subnets = _create_subnets(self, Tier.PUBLIC, settings, tags)
        ids = _ids_by_zone(zone_subnets)
        self.subnets = PublicSubnets(
            network=settings.network,
            ids_by_zone=ids,
            dependencies=(self,),
            ranges=_address_ranges(zone_subnets),
        )
        create_internet_acl(self, settings=settings, tier=Tier.PUBLIC, subnet_ids=self.subnets.subnet_ids)
        for subnet in zone_subnets.values():
            Route(
                subnet,
                "internet",
                route_table_id=subnet.route_table_id,
                destination_cidr_block=ANY_IPV4,
                gateway_id=internet_gateway_id,
            )
            if settings.ipv6_cidr:
                Route(
                    subnet,
                    "internet-ipv6",
                    route_table_id=subnet.route_table_id,
                    destination_ipv6_cidr_block=ANY_IPV6,
                    gateway_id=internet_gateway_id,
                )


class PrivateTier(Construct):
    """The private subnets, with routes to NAT gateways.

    The subnet of a zone that is not in `nat_gateway_ids` has no IPv4 route to the internet.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        settings: TierSettings,
        nat_gateway_ids: Mapping[str, str],
        egress_only_gateway_id: str | None,
        reachable_services: frozenset[str] | None,
    ) -> None:
        super().__init__(scope, id)
        # Karpenter launches nodes in subnets with the second tag.
        tags = {"kubernetes.io/role/internal-elb": "1", "karpenter.sh/discovery": settings.name}
        zone_subnets = _create_subnets(self, Tier.PRIVATE, settings, tags)
        ids = _ids_by_zone(zone_subnets)
        self.subnets = PrivateSubnets(
            network=settings.network,
            ids_by_zone=ids,
            dependencies=(self,),
            ranges=_address_ranges(zone_subnets),
            reachable_services=reachable_services,
        )
        self.route_table_ids = _route_table_ids(zone_subnets)
        create_internet_acl(self, settings=settings, tier=Tier.PRIVATE, subnet_ids=self.subnets.subnet_ids)
        for zone, subnet in zone_subnets.items():
            if zone in nat_gateway_ids:
                Route(
                    subnet,
                    "nat",
                    route_table_id=subnet.route_table_id,
                    destination_cidr_block=ANY_IPV4,
                    nat_gateway_id=nat_gateway_ids[zone],
                )
            if egress_only_gateway_id:
                Route(
                    subnet,
                    "egress-only",
                    route_table_id=subnet.route_table_id,
                    destination_ipv6_cidr_block=ANY_IPV6,
                    egress_only_gateway_id=egress_only_gateway_id,
                )


class IsolatedTier(Construct):
    """The isolated subnets, without routes out of the VPC."""

    def __init__(self, scope: Construct, id: str, *, settings: TierSettings) -> None:
        super().__init__(scope, id)
        zone_subnets = _create_subnets(self, Tier.ISOLATED, settings, {})
        ids = _ids_by_zone(zone_subnets)
        self.subnets = IsolatedSubnets(
            network=settings.network,
            ids_by_zone=ids,
            dependencies=(self,),
            ranges=_address_ranges(zone_subnets),
        )
        self.route_table_ids = _route_table_ids(zone_subnets)
        create_internal_acl(self, settings=settings, tier=Tier.ISOLATED, subnet_ids=self.subnets.subnet_ids)


def _create_subnets(
    scope: Construct, tier: Tier, settings: TierSettings, tags: Mapping[str, str]
) -> dict[str, ZoneSubnet]:
    return {zone: ZoneSubnet(scope, zone, tier=tier, settings=settings, tags=tags) for zone in settings.zones}


def _ids_by_zone(subnets: Mapping[str, ZoneSubnet]) -> Mapping[str, str]:
    return MappingProxyType({zone: subnet.subnet_id for zone, subnet in subnets.items()})


def _address_ranges(subnets: Mapping[str, ZoneSubnet]) -> tuple[str, ...]:
    return tuple(subnet.address_range for subnet in subnets.values())


def _route_table_ids(subnets: Mapping[str, ZoneSubnet]) -> list[str]:
    return [subnet.route_table_id for subnet in subnets.values()]
