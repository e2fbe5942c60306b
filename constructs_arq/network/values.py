"""Types of configuration values that the address plan validates."""

from collections.abc import Callable
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
