"""What an environment may vary about its network."""

from collections.abc import Callable, Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from constructs_arq.core.config import Config, validation_error
from constructs_arq.network.address_plan import (
    AddressError,
    AddressPlan,
    ipv4_range,
    overlapping,
    zone_number,
)
from constructs_arq.network.endpoints import InterfaceService
from constructs_arq.network.nat import Nat
from constructs_arq.storage.log_group import RetentionDays

_FEWEST_ZONES, _MOST_ZONES = 2, 6


def _checked(check: Callable[[str], object]) -> AfterValidator:
    """Turn what the address plan refuses into a problem of the field."""

    def validate(value: str) -> str:
        try:
            check(value)
        except AddressError as error:
            raise validation_error(error.message, fix=error.fix) from None
        return value

    return AfterValidator(validate)


VpcRange = Annotated[str, _checked(AddressPlan)]
PeerRange = Annotated[str, _checked(ipv4_range)]
ZoneId = Annotated[str, _checked(zone_number)]


class NetworkConfig(Config):
    """The VPC's range and zones, from which every subnet's range follows, and the ways out of it."""

    cidr: VpcRange = Field(
        description="The VPC's IPv4 range, /16 to /22. It can't be changed without a new VPC."
    )
    zones: tuple[ZoneId, ...] = Field(
        description="Two to six zones of one region, by zone id. With Nat.SINGLE, the first has the gateway.",
    )
    nat: Nat = Field(default=Nat.PER_ZONE, description="How private subnets reach the internet.")
    ipv6: bool = Field(default=False, description="Whether subnets have IPv6 addresses too.")
    peers: Mapping[str, PeerRange] = Field(
        default_factory=dict,
        description="Ranges that this network is, or is to be, joined with, by name: they must not overlap.",
    )
    interface_endpoints: tuple[InterfaceService, ...] = Field(
        default=("ecr.api", "ecr.dkr", "kms", "logs", "secretsmanager", "sts"),
        description="AWS services reached without leaving the VPC. Each costs by the hour and zone.",
    )
    flow_log_retention_days: RetentionDays = Field(
        default=365, description="Days that flow logs are kept: what an investigation may look back."
    )

    @field_validator("zones")
    @classmethod
    def _zones_fit_together(cls, zones: tuple[str, ...]) -> tuple[str, ...]:
        if not _FEWEST_ZONES <= len(zones) <= _MOST_ZONES:
            raise validation_error(
                f"must be {_FEWEST_ZONES} to {_MOST_ZONES} zones",
                fix="Use two at least, so that the failure of one is survived; three where it matters.",
            )
        if len(set(zones)) < len(zones):
            raise validation_error("must not name a zone twice", fix="Remove the repeated zone.")
        regions = sorted({zone.partition("-")[0] for zone in zones})
        if len(regions) > 1:
            raise validation_error(
                f"must be of one region, not of {' and '.join(regions)}",
                fix="Use zones of the stack's region.",
            )
        return zones

    @field_validator("interface_endpoints")
    @classmethod
    def _endpoints_differ(cls, services: tuple[InterfaceService, ...]) -> tuple[InterfaceService, ...]:
        if len(set(services)) < len(services):
            raise validation_error("must not name a service twice", fix="Remove the repeated service.")
        return services

    @field_validator("peers")
    @classmethod
    def _nothing_overlaps(cls, peers: Mapping[str, str], info: ValidationInfo) -> Mapping[str, str]:
        own = {"cidr": info.data["cidr"]} if "cidr" in info.data else {}
        overlaps = overlapping({**own, **{f"peer {name}": cidr for name, cidr in peers.items()}})
        if overlaps:
            pairs = ", ".join(f"{one} and {other}" for one, other in overlaps)
            raise validation_error(
                f"must not overlap, but {pairs} do", fix="Give one of each pair another range."
            )
        return peers
