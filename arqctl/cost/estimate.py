"""Estimates the monthly cost of resources from the price table, and lists the resources without a price."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from arqctl.cost.arguments import read_text
from arqctl.cost.assumptions import NO_USAGE, Assumptions
from arqctl.cost.charges import CHARGES_BY_TYPE
from arqctl.cost.charges.charge import Charge
from arqctl.cost.free_types import is_free, usage_charges
from arqctl.cost.priceable import PriceableResource
from arqctl.cost.prices import find_price, oldest_price_date
from arqctl.cost.stack_resources import StackResources

_ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class CostComponent:
    """One charge of a resource, in its billing region.

    `monthly` is None if `quantity` or `price` is unknown. The price is per `unit`, and was last confirmed on
    `as_of`.
    """

    item: str
    description: str
    region: str
    quantity: Decimal | None
    unit: str = ""
    price: Decimal | None = None
    monthly: Decimal | None = None
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class ResourceCost:
    """Monthly cost of a resource in US dollars, rounded to cents; None if any component is unknown."""

    address: str
    type: str
    path: str
    monthly: Decimal | None
    components: tuple[CostComponent, ...] = ()

    @property
    def known_monthly(self) -> Decimal:
        """Sum of the known components: the minimum that the resource costs."""
        return sum((each.monthly for each in self.components if each.monthly is not None), _ZERO)


@dataclass(frozen=True, slots=True)
class Unpriced:
    """A resource whose cost is unknown, with a reason for each unknown component."""

    address: str
    type: str
    path: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UsageBased:
    """A resource that only costs by usage, for which the price table has no price. It is in no sum."""

    address: str
    type: str
    path: str
    charged_for: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """Cost of a month in US dollars. `monthly` is the sum of the known components, so a minimum.

    `coverage` is the percentage of the resources that cost anything whose cost is fully known, rounded down.
    `as_of` is the date of the oldest price used.
    """

    monthly: Decimal
    resources: tuple[ResourceCost, ...]
    unpriced: tuple[Unpriced, ...]
    usage_based: tuple[UsageBased, ...]
    coverage: int
    as_of: date

    @property
    def is_known(self) -> bool:
        """Whether any cost is known, or nothing is charged; otherwise `monthly` has no meaning."""
        return bool(self.monthly) or len(self.unpriced) < len(self.resources) or not self.resources


def estimate(
    resources: Iterable[PriceableResource],
    assumptions: Assumptions = NO_USAGE,
    related: Iterable[PriceableResource] = (),
) -> Estimate:
    """Estimate the monthly cost of resources with an assumed usage, sorted by address.

    Pass all resources of a stack, as the cost of some depends on others. `related` are those of other stacks
    of the environment: a replica in another region has the size of its source.
    """
    stack = StackResources(resources, assumptions, related)
    costs = (cost for each in stack if (cost := _resource_cost(each, stack)) is not None)
    return _total(tuple(costs), tuple(_usage_based(stack)))


def combine(estimates: Iterable[Estimate]) -> Estimate:
    """Combine the estimates of several stacks. Two stacks may have the same addresses."""
    parts = tuple(estimates)
    return _total(
        tuple(cost for each in parts for cost in each.resources),
        tuple(resource for each in parts for resource in each.usage_based),
    )


def _total(resources: tuple[ResourceCost, ...], usage_based: tuple[UsageBased, ...]) -> Estimate:
    unpriced = tuple(_unpriced(cost) for cost in resources if cost.monthly is None)
    dates = (each.as_of for cost in resources for each in cost.components if each.as_of)
    charged = len(resources) + len(usage_based)
    return Estimate(
        monthly=sum((cost.known_monthly for cost in resources), _ZERO),
        resources=resources,
        unpriced=unpriced,
        usage_based=usage_based,
        coverage=(len(resources) - len(unpriced)) * 100 // charged if charged else 100,
        as_of=min(dates, default=oldest_price_date()),
    )


def _resource_cost(resource: PriceableResource, stack: StackResources) -> ResourceCost | None:
    """Return a resource's cost; None if it is free or only costs by usage."""
    if is_free(resource.type):
        return None
    charges = CHARGES_BY_TYPE.get(resource.type)
    if charges is None:
        if usage_charges(resource.type):
            return None
        return ResourceCost(resource.address, resource.type, resource.path, None)
    region = read_text(resource.values, "region", resource.region)
    components = tuple(_component(charge, charge.region or region) for charge in charges(resource, stack))
    if not components:
        return None
    cost = ResourceCost(resource.address, resource.type, resource.path, None, components)
    is_unknown = any(each.monthly is None for each in components)
    return cost if is_unknown else replace(cost, monthly=cost.known_monthly)


def _component(charge: Charge, region: str) -> CostComponent:
    price = find_price(region, charge.item)
    if price is None:
        return CostComponent(charge.item, charge.description, region, charge.quantity)
    return CostComponent(
        item=charge.item,
        description=charge.description,
        region=region,
        quantity=charge.quantity,
        unit=price.unit,
        price=price.price,
        monthly=None if charge.quantity is None else price.monthly(charge.quantity),
        as_of=price.as_of,
    )


def _unpriced(cost: ResourceCost) -> Unpriced:
    missing = [each for each in cost.components if each.monthly is None]
    reasons = tuple(dict.fromkeys(map(_reason, missing))) or ("the price table doesn't have its type",)
    return Unpriced(cost.address, cost.type, cost.path, reasons)


def _reason(component: CostComponent) -> str:
    if component.quantity is None:
        return f"unknown quantity: {component.description}"
    return f"no price in {component.region or 'an unknown region'}: {component.description}"


def _usage_based(resources: StackResources) -> Iterator[UsageBased]:
    for each in resources:
        if charged_for := usage_charges(each.type):
            yield UsageBased(each.address, each.type, each.path, charged_for)
