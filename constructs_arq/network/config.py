"""Configuration of a network."""

from collections.abc import Mapping

from pydantic import Field, ValidationInfo, field_validator

from constructs_arq.core.config import Config, validation_error
from constructs_arq.network.address_plan import find_overlaps
from constructs_arq.network.endpoints import InterfaceService
from constructs_arq.network.nat import Nat
from constructs_arq.network.values import Ipv4Range, VpcRange, ZoneId
from constructs_arq.storage.log_group import RetentionDays

_MIN_ZONES, _MAX_ZONES = 2, 6


class NetworkConfig(Config):
    """The VPC's range and zones, which determine each subnet's range, and its routes to other networks."""

    cidr: VpcRange = Field(description="The VPC's IPv4 range, /16 to /22. A change replaces the VPC.")
    zones: tuple[ZoneId, ...] = Field(
        description="Two to six zone ids of one region. With Nat.SINGLE, the first has the NAT gateway.",
    )
    nat: Nat = Field(
        default=Nat.PER_ZONE, description="NAT gateways between private subnets and the internet."
    )
    ipv6: bool = Field(default=False, description="Whether subnets also have IPv6 addresses.")
    peers: Mapping[str, Ipv4Range] = Field(
        default_factory=dict,
        description="Ranges of networks to connect with, by name. They must not overlap.",
    )
    interface_endpoints: tuple[InterfaceService, ...] = Field(
        default=("ecr.api", "ecr.dkr", "kms", "logs", "secretsmanager", "sts"),
        description="AWS services with an endpoint in the VPC. Each costs money by the hour and zone.",
    )
    flow_log_retention_days: RetentionDays = Field(
        default=365, description="Days to keep flow logs for investigations."
    )

    @field_validator("zones")
    @classmethod
    def _validate_zones(cls, zones: tuple[str, ...]) -> tuple[str, ...]:
        if not _MIN_ZONES <= len(zones) <= _MAX_ZONES:
            raise validation_error(
                f"must be {_MIN_ZONES} to {_MAX_ZONES} zones",
                fix="Use two or more, to survive the failure of one, and three in production.",
            )
        if len(set(zones)) < len(zones):
            raise validation_error("must not repeat a zone", fix="Remove the repeated zone.")
        regions = sorted({zone.partition("-")[0] for zone in zones})
        if len(regions) > 1:
            raise validation_error(
                f"must be of one region, not of {' and '.join(regions)}",
                fix="Use zones of the stack's region.",
            )
        return zones

    @field_validator("interface_endpoints")
    @classmethod
    def _validate_endpoints(cls, services: tuple[InterfaceService, ...]) -> tuple[InterfaceService, ...]:
        if len(set(services)) < len(services):
            raise validation_error("must not repeat a service", fix="Remove the repeated service.")
        return services

    @field_validator("peers")
    @classmethod
    def _validate_peers(cls, peers: Mapping[str, str], info: ValidationInfo) -> Mapping[str, str]:
        own = {"cidr": info.data["cidr"]} if "cidr" in info.data else {}
        overlaps = find_overlaps({**own, **{f"peer {name}": cidr for name, cidr in peers.items()}})
        if overlaps:
            pairs = ", ".join(f"{one} and {other}" for one, other in overlaps)
            raise validation_error(
                f"must not overlap, but {pairs} do", fix="Give one of each pair another range."
            )
        return peers
