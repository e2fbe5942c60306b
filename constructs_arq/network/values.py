"""Types of configuration values that the address plan validates."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Annotated

from pydantic import AfterValidator

from constructs_arq.core.config import validation_error
from constructs_arq.network.address_plan import AddressError, AddressPlan, parse_ipv4_range, zone_number


def _validated_by(parse: Callable[[str], object]) -> AfterValidator:
    def validate(value: str) -> str:
        try:
            parse(value)
        except AddressError as error:
            raise validation_error(error.message, fix=error.fix) from None
        return value

    return AfterValidator(validate)


VpcRange = Annotated[str, _validated_by(AddressPlan)]
Ipv4Range = Annotated[str, _validated_by(parse_ipv4_range)]
ZoneId = Annotated[str, _validated_by(zone_number)]


def require_consistent_subnets(*tiers: Mapping[str, str]) -> None:
    """Raise unless the subnets, by zone id, are distinct and their zones are in one region."""
    counts = Counter(subnet for tier in tiers for subnet in tier.values())
    repeated = sorted(subnet for subnet, count in counts.items() if count > 1)
    if repeated:
        raise validation_error(
            f"a subnet must have one tier and one zone, but {', '.join(repeated)} is given twice",
            fix="Remove the repeated subnet.",
        )
    regions = sorted({zone.partition("-")[0] for tier in tiers for zone in tier})
    if len(regions) > 1:
        raise validation_error(
            f"zones must be of one region, not of {' and '.join(regions)}",
            fix="Use the subnets of one VPC.",
        )
