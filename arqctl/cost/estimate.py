"""The estimate of a month: what each resource costs by the price table, and what the table can't tell."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from arqctl.cost.charge import Charge
from arqctl.cost.families import CHARGING
from arqctl.cost.free_types import is_free, metered
from arqctl.cost.priceable import Priced
from arqctl.cost.prices import find_price, oldest
from arqctl.cost.references import Resources
from arqctl.cost.values import text

_CENTS = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a resource is charged for, in the region that bills it.

    `quantity` or `price` is None where it isn't known, and `monthly` with it. `unit` is what the price is for
    one of, and `as_of` when it was last known.
    """

    item: str
    what: str
    region: str
    quantity: Decimal | None
    unit: str = ""
    price: Decimal | None = None
    monthly: Decimal | None = None
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A resource that costs something: US dollars a month to the cent, None where any part isn't known."""

    address: str
    type: str
    path: str
    monthly: Decimal | None
    parts: tuple[Part, ...] = ()

    @property
    def known(self) -> Decimal:
        """What is known of it: at least so much it costs."""
        return sum((part.monthly for part in self.parts if part.monthly is not None), _CENTS)


@dataclass(frozen=True, slots=True)
class Unpriced:
    """A resource whose cost isn't known, and why, a reason for each part that isn't."""

    address: str
    type: str
    path: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Metered:
    """A resource that costs by use alone, and what is metered. It is in no sum."""

    address: str
    type: str
    path: str
    what: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """A month in US dollars. `monthly` is the sum of all that is known: at least so much, if anything isn't.

    `coverage` is the percentage of the resources that cost something by themselves whose cost is known, and
    100 only where all is. `as_of` is the date of the oldest price in it.
    """

    monthly: Decimal
    lines: tuple[Line, ...]
    unpriced: tuple[Unpriced, ...]
    metered: tuple[Metered, ...]
    coverage: int
    as_of: date

    @property
    def is_known(self) -> bool:
        """Whether anything is, or nothing costs: else `monthly` is no figure at all."""
        return bool(self.monthly) or len(self.unpriced) < len(self.lines) or not self.lines


def estimate(resources: Iterable[Priced]) -> Estimate:
    """What resources cost a month, told in the order of their addresses, whatever order they come in.

    Pass all resources of a stack: some refer to others for what they cost.
    """
    known = Resources(resources)
    lines = (line for each in known if (line := _line(each, known)) is not None)
    return _summed(tuple(lines), tuple(_metered(known)))


def together(estimates: Iterable[Estimate]) -> Estimate:
    """The estimates of several stacks as one. Two stacks may have the same addresses."""
    told = tuple(estimates)
    return _summed(
        tuple(line for each in told for line in each.lines),
        tuple(metered for each in told for metered in each.metered),
    )


def _summed(lines: tuple[Line, ...], by_use: tuple[Metered, ...]) -> Estimate:
    unpriced = tuple(_unpriced(line) for line in lines if line.monthly is None)
    return Estimate(
        monthly=sum((line.known for line in lines), _CENTS),
        lines=lines,
        unpriced=unpriced,
        metered=by_use,
        coverage=(len(lines) - len(unpriced)) * 100 // len(lines) if lines else 100,
        as_of=min((part.as_of for line in lines for part in line.parts if part.as_of), default=oldest()),
    )


def _line(resource: Priced, others: Resources) -> Line | None:
    """What a resource costs; nothing for one that is free or costs by use alone."""
    if is_free(resource.type) or metered(resource.type):
        return None
    charging = CHARGING.get(resource.type)
    if charging is None:
        return Line(resource.address, resource.type, resource.path, None)
    region = text(resource.values, "region", resource.region)
    parts = tuple(_part(charge, charge.region or region) for charge in charging(resource, others))
    if not parts:
        return None
    line = Line(resource.address, resource.type, resource.path, None, parts)
    return line if any(part.monthly is None for part in parts) else replace(line, monthly=line.known)


def _part(charge: Charge, region: str) -> Part:
    price = find_price(region, charge.item)
    if price is None:
        return Part(charge.item, charge.what, region, charge.quantity)
    monthly = None if charge.quantity is None else price.monthly(charge.quantity)
    return Part(
        item=charge.item,
        what=charge.what,
        region=region,
        quantity=charge.quantity,
        unit=price.unit,
        price=price.price,
        monthly=monthly,
        as_of=price.as_of,
    )


def _unpriced(line: Line) -> Unpriced:
    missing = [part for part in line.parts if part.monthly is None]
    reasons = tuple(dict.fromkeys(map(_reason, missing))) or ("the table doesn't know its type",)
    return Unpriced(line.address, line.type, line.path, reasons)


def _reason(part: Part) -> str:
    if part.quantity is None:
        return f"not known by reading: {part.what}"
    return f"no price in {part.region or 'an unknown region'}: {part.what}"


def _metered(resources: Resources) -> Iterable[Metered]:
    for each in resources:
        if what := metered(each.type):
            yield Metered(each.address, each.type, each.path, what)
