"""What a resource is charged for: an item of the price table, and how much of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from arqctl.cost.priceable import Priced
from arqctl.cost.references import Resources


@dataclass(frozen=True, slots=True)
class Charge:
    """One thing that a resource is charged for all the time, without anybody using it.

    `quantity` is how many run at once or are kept, None where that can't be known; an hour's price counts for
    every hour. `what` says it in a person's words. `region` is where AWS bills it, if not in the resource's.
    """

    item: str
    quantity: Decimal | None
    what: str
    region: str = ""


Charging: TypeAlias = Callable[[Priced, Resources], Iterator[Charge]]
"""What a type is charged for. Nothing at all means that this one is free, as a gateway endpoint is."""

ONE = Decimal(1)


def times(one: Decimal | None, many: Decimal | None) -> Decimal | None:
    """So many of each of so many; unknown where either is."""
    return None if one is None or many is None else one * many
