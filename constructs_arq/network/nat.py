"""NAT gateways, through which private subnets reach the internet."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from cdktf_cdktf_provider_aws.eip import Eip
from cdktf_cdktf_provider_aws.internet_gateway import InternetGateway
from cdktf_cdktf_provider_aws.nat_gateway import NatGateway
from constructs import Construct

from constructs_arq.core.alarm import Alarm, Severity
from constructs_arq.network.subnets import PublicSubnets


class Nat(StrEnum):
    """The placement of NAT gateways, from the cheapest to the most reliable.

    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
    """

    NONE = "none"
    """No gateway: private subnets reach AWS through endpoints only."""
    SINGLE = "single"
    """One gateway in the first zone. If that zone fails, all zones lose internet access. Cross-zone traffic
    costs extra."""
    PER_ZONE = "per-zone"
    """One gateway with a fixed address in each zone. Zones don't depend on each other."""
    REGIONAL = "regional"
    """One gateway over all zones in use. AWS chooses its addresses, and changes them."""


class NatGateways(Construct):
    """The NAT gateways of a network. `gateway_ids` has the gateway that each zone uses.

    A change from SINGLE to PER_ZONE keeps the first zone's gateway and address.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        mode: Nat,
        subnets: PublicSubnets,
        internet_gateway: InternetGateway,
        name: str,
    ) -> None:
        super().__init__(scope, id)
        self._name = name
        self._internet_gateway = internet_gateway
        zones = list(subnets.ids_by_zone)
        match mode:
            case Nat.NONE:
                gateways = {}
            case Nat.SINGLE:
                gateways = {zones[0]: self._create_zonal(zones[0], subnets)}
            case Nat.PER_ZONE:
                gateways = {zone: self._create_zonal(zone, subnets) for zone in zones}
            case Nat.REGIONAL:
                gateways = {mode.value: self._create_regional(subnets.network.vpc_id)}
        self.gateway_ids: Mapping[str, str] = (
            gateways
            if mode is Nat.PER_ZONE
            else {zone: gateway for gateway in gateways.values() for zone in zones}
        )
        self.alarms: Sequence[Alarm] = [
            alarm for zone, gateway in gateways.items() for alarm in _alarms(zone, gateway)
        ]

    def _create_zonal(self, zone: str, subnets: PublicSubnets) -> str:
        tags = {"Name": f"{self._name}-{zone}"}
        address = Eip(self, f"address-{zone}", domain="vpc", tags=tags, depends_on=[self._internet_gateway])
        gateway = NatGateway(
            self,
            zone,
            allocation_id=address.allocation_id,
            subnet_id=subnets.ids_by_zone[zone],
            tags=tags,
            depends_on=[self._internet_gateway],
        )
        return str(gateway.id)

    def _create_regional(self, vpc_id: str) -> str:
        gateway = NatGateway(
            self,
            "regional",
            availability_mode="regional",
            vpc_id=vpc_id,
            tags={"Name": self._name},
            depends_on=[self._internet_gateway],
        )
        return str(gateway.id)


def _alarms(zone: str, gateway_id: str) -> list[Alarm]:
    """Return the alarms that AWS recommends for a NAT gateway.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html
    """
    return [
        Alarm(
            name=f"{zone}-port-allocation",
            runbook="nat-port-allocation",
            summary="The NAT gateway ran out of ports: new connections to one destination fail.",
            severity=Severity.CRITICAL,
            namespace="AWS/NATGateway",
            metric="ErrorPortAllocation",
            dimensions={"NatGatewayId": gateway_id},
            statistic="Sum",
            threshold=0,
            evaluations=3,
        ),
        Alarm(
            name=f"{zone}-packets-dropped",
            runbook="nat-packets-dropped",
            summary="The NAT gateway drops packets: connections to the internet stall.",
            severity=Severity.WARNING,
            namespace="AWS/NATGateway",
            metric="PacketsDropCount",
            dimensions={"NatGatewayId": gateway_id},
            statistic="Sum",
            threshold=0,
        ),
    ]
