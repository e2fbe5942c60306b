"""A VPC with subnets, NAT gateways, endpoints and flow logs."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from cdktf_cdktf_provider_aws.egress_only_internet_gateway import EgressOnlyInternetGateway
from cdktf_cdktf_provider_aws.internet_gateway import InternetGateway
from cdktf_cdktf_provider_aws.vpc import Vpc
from constructs import Construct

from constructs_arq.core.alarm import Alarm
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.network.address_plan import zone_prefix
from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.endpoints import (
    GatewayEndpoints,
    InterfaceEndpoints,
    InterfaceService,
    published_objects_statement,
)
from constructs_arq.network.existing_network import ExistingNetwork, existing_network
from constructs_arq.network.flow_logs import FlowLogs
from constructs_arq.network.nat import Nat, NatGateways
from constructs_arq.network.subnets import IsolatedSubnets, PrivateSubnets, PublicSubnets
from constructs_arq.network.tiers import IsolatedTier, PrivateTier, PublicTier
from constructs_arq.network.vpc_defaults import DefaultResources
from constructs_arq.network.zone_subnet import TierSettings

_NO_SUBNETS: Mapping[str, str] = MappingProxyType({})


class Network(Construct):
    """A VPC over several zones, with public, private and isolated subnets in each.

    Each subnet's range is fixed (see `address_plan`). The VPC has flow logs and gateway endpoints for S3 and
    DynamoDB, and AWS's permissive default rules are removed.
    """

    def __init__(self, scope: Construct, id: str, *, config: NetworkConfig) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self._require_zones_in(stack.region, config.zones)
        self.name: str = stack.physical_name(logical_name(self))
        self.cidr: str = config.cidr
        self.zones: Sequence[str] = config.zones
        vpc = self._create_vpc(config)
        self.vpc_id: str = vpc.id

        settings = TierSettings(
            network=self,
            name=self.name,
            zones=config.zones,
            ipv6_cidr=vpc.ipv6_cidr_block if config.ipv6 else None,
        )
        tags = {"Name": self.name}
        internet = InternetGateway(self, "internet", vpc_id=self.vpc_id, tags=tags)
        egress_only = (
            EgressOnlyInternetGateway(self, "egress-only", vpc_id=self.vpc_id, tags=tags)
            if config.ipv6
            else None
        )
        self.public: PublicSubnets = PublicTier(
            self, "public", settings=settings, internet_gateway_id=internet.id
        ).subnets
        nat = NatGateways(
            self, "nat", mode=config.nat, subnets=self.public, internet_gateway=internet, name=self.name
        )
        private = PrivateTier(
            self,
            "private",
            settings=settings,
            nat_gateway_ids=nat.gateway_ids,
            egress_only_gateway_id=egress_only.id if egress_only else None,
            reachable_services=frozenset(config.interface_endpoints) if config.nat is Nat.NONE else None,
        )
        isolated = IsolatedTier(self, "isolated", settings=settings)
        self.private: PrivateSubnets = private.subnets
        self.isolated: IsolatedSubnets = isolated.subnets
        self.alarms: Sequence[Alarm] = nat.alarms

        FlowLogs(
            self, "flow-logs", network=self, name=self.name, retention_days=config.flow_log_retention_days
        )
        self._create_endpoints(config.interface_endpoints, private, isolated)

    @staticmethod
    def from_ids(
        *,
        vpc_id: str,
        cidr: str,
        public: Mapping[str, str] = _NO_SUBNETS,
        private: Mapping[str, str] = _NO_SUBNETS,
        isolated: Mapping[str, str] = _NO_SUBNETS,
    ) -> ExistingNetwork:
        """Return an existing VPC, with each tier's subnet ids by zone id. AWS is not called.

        The caller is responsible for the tiers: routes of existing subnets are not checked.

        Raises:
            ConfigError: with every invalid id or range.
        """
        return existing_network(vpc_id=vpc_id, cidr=cidr, public=public, private=private, isolated=isolated)

    def _create_vpc(self, config: NetworkConfig) -> Vpc:
        vpc = Vpc(
            self,
            "Default",
            cidr_block=config.cidr,
            assign_generated_ipv6_cidr_block=True if config.ipv6 else None,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": self.name},
        )
        DefaultResources(self, "defaults", vpc=vpc, name=self.name)
        return vpc

    def _create_endpoints(
        self, interface_services: Sequence[InterfaceService], private: PrivateTier, isolated: IsolatedTier
    ) -> None:
        GatewayEndpoints(
            self,
            "gateway-endpoints",
            network=self,
            name=self.name,
            route_table_ids=private.route_table_ids,
            extra_s3_statements=[published_objects_statement(Stack.of(self))],
        )
        GatewayEndpoints(
            self,
            "isolated-endpoints",
            network=self,
            name=f"{self.name}-isolated",
            route_table_ids=isolated.route_table_ids,
        )
        if interface_services:
            InterfaceEndpoints(
                self,
                "interface-endpoints",
                subnets=self.private,
                name=self.name,
                services=interface_services,
            )

    def _require_zones_in(self, region: str, zones: Sequence[str]) -> None:
        prefix = zone_prefix(region)
        if not zones[0].startswith(f"{prefix}-"):
            raise ConstructError(
                self.node.path,
                f"zone {zones[0]} is not in the stack's region {region}",
                fix=f"Use zones of the region, such as {prefix}-az1.",
            )
