"""A charge for a resource: an item of the price table and its quantity."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from arqctl.cost.priceable import PriceableResource
from arqctl.cost.stack_resources import StackResources


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge that is due all the time, or for the assumed use of a resource.

    `quantity` is the number of units that run, are stored or are used, None if unknown; hourly prices count
    for every hour of the month. `description` names the unit. `region` is the billing region if it isn't the
    resource's.
    """

    item: str
    quantity: Decimal | None
    description: str
    region: str = ""


ChargeFunction: TypeAlias = Callable[[PriceableResource, StackResources], Iterator[Charge]]
"""Yields the charges of a resource. No charge means that the resource is free, such as a gateway endpoint."""

ONE = Decimal(1)


def charge_usage(item: str, quantity: Decimal | None, description: str, region: str = "") -> Iterator[Charge]:
    """Charge assumed usage. Nothing is charged if none is assumed."""
    if quantity != 0:
        yield Charge(item, quantity, description, region)


def multiply(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    """Multiply two quantities; None if either is unknown."""
    return None if one is None or other is None else one * other
