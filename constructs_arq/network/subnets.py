"""Three tiers of subnets, each a type of its own: what must be isolated can't be placed anywhere else."""

from collections.abc import Mapping

from cdktf_cdktf_provider_aws.route import Route
from constructs import Construct

from constructs_arq.network.acl import inside_acl, open_acl
from constructs_arq.network.address_plan import EVERYWHERE, EVERYWHERE_IPV6, Tier
from constructs_arq.network.zone_subnet import Layout, ZoneSubnet


class PublicSubnets(Construct):
    """Subnets that the internet reaches: for NAT gateways and internet-facing load balancers, nothing else.

    What is launched here has no public address unless it asks for one.
    """

    def __init__(self, scope: Construct, id: str, *, layout: Layout, internet_gateway_id: str) -> None:
        super().__init__(scope, id)
        # By this tag the AWS Load Balancer Controller finds where to place internet-facing load balancers.
        # https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/subnet_discovery/
        tags = {"kubernetes.io/role/elb": "1"}
        self.network = layout.network
        self.by_zone = {
            zone: ZoneSubnet(self, zone, tier=Tier.PUBLIC, layout=layout, tags=tags) for zone in layout.zones
        }
        self.subnet_ids = [subnet.subnet_id for subnet in self.by_zone.values()]
        self.cidrs = [subnet.cidr for subnet in self.by_zone.values()]
        open_acl(self, layout=layout, tier=Tier.PUBLIC, subnet_ids=self.subnet_ids)
        for subnet in self.by_zone.values():
            Route(
                subnet,
                "internet",
                route_table_id=subnet.route_table_id,
                destination_cidr_block=EVERYWHERE,
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


class PrivateSubnets(Construct):
    """Subnets for nodes, pods and internal load balancers: out through NAT, never in from the internet.

    A zone that is not in `nat_gateway_ids` has no way out.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        layout: Layout,
        nat_gateway_ids: Mapping[str, str],
        egress_only_gateway_id: str | None,
    ) -> None:
        super().__init__(scope, id)
        # The second tag is the one by which Karpenter finds where to launch nodes.
        tags = {"kubernetes.io/role/internal-elb": "1", "karpenter.sh/discovery": layout.name}
        self.network = layout.network
        self.by_zone = {
            zone: ZoneSubnet(self, zone, tier=Tier.PRIVATE, layout=layout, tags=tags) for zone in layout.zones
        }
        self.subnet_ids = [subnet.subnet_id for subnet in self.by_zone.values()]
        self.cidrs = [subnet.cidr for subnet in self.by_zone.values()]
        open_acl(self, layout=layout, tier=Tier.PRIVATE, subnet_ids=self.subnet_ids)
        for zone, subnet in self.by_zone.items():
            if zone in nat_gateway_ids:
                Route(
                    subnet,
                    "nat",
                    route_table_id=subnet.route_table_id,
                    destination_cidr_block=EVERYWHERE,
                    nat_gateway_id=nat_gateway_ids[zone],
                )
            if egress_only_gateway_id:
                Route(
                    subnet,
                    "egress-only",
                    route_table_id=subnet.route_table_id,
                    destination_ipv6_cidr_block=EVERYWHERE_IPV6,
                    egress_only_gateway_id=egress_only_gateway_id,
                )


class IsolatedSubnets(Construct):
    """Subnets for what holds data: no route leads out of the VPC, none in.

    This account's own buckets and tables stay reachable through gateway endpoints, for imports and exports.
    """

    def __init__(self, scope: Construct, id: str, *, layout: Layout) -> None:
        super().__init__(scope, id)
        self.network = layout.network
        self.by_zone = {
            zone: ZoneSubnet(self, zone, tier=Tier.ISOLATED, layout=layout, tags={}) for zone in layout.zones
        }
        self.subnet_ids = [subnet.subnet_id for subnet in self.by_zone.values()]
        self.cidrs = [subnet.cidr for subnet in self.by_zone.values()]
        inside_acl(self, layout=layout, tier=Tier.ISOLATED, subnet_ids=self.subnet_ids)
