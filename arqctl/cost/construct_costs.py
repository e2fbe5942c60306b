"""Groups an estimate by the top-level constructs of its stacks."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from arqctl.cost.estimate import CostComponent, Estimate, ResourceCost

_ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class CostItem:
    """Quantity and monthly cost in US dollars of the same charge within a construct."""

    description: str
    quantity: Decimal
    monthly: Decimal


@dataclass(frozen=True, slots=True)
class ConstructCost:
    """Known cost of a top-level construct; `unpriced` counts its resources with an unknown cost."""

    path: str
    monthly: Decimal
    items: tuple[CostItem, ...]
    unpriced: int


def costs_by_construct(costs: Estimate) -> tuple[ConstructCost, ...]:
    """Return the constructs that cost something, most expensive first."""
    grouped: dict[str, list[ResourceCost]] = defaultdict(list)
    for cost in costs.resources:
        grouped[_top_level(cost.path)].append(cost)
    found = (_construct(path, resources) for path, resources in grouped.items())
    return tuple(sorted(found, key=lambda each: (-each.monthly, each.path)))


def _top_level(path: str) -> str:
    """Shorten `production/database/replicas/reports/Default` to `production/database`."""
    return "/".join(path.split("/")[:2])


def _construct(path: str, resources: Iterable[ResourceCost]) -> ConstructCost:
    resources = tuple(resources)
    components = (each for cost in resources for each in cost.components if each.monthly is not None)
    return ConstructCost(
        path=path,
        monthly=sum((cost.known_monthly for cost in resources), _ZERO),
        items=_items(components),
        unpriced=sum(cost.monthly is None for cost in resources),
    )


def _items(components: Iterable[CostComponent]) -> tuple[CostItem, ...]:
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for each in components:
        quantity, monthly = sums.get(each.description, (Decimal(0), _ZERO))
        sums[each.description] = (quantity + (each.quantity or 0), monthly + (each.monthly or 0))
    items = (CostItem(description, *both) for description, both in sums.items())
    return tuple(sorted(items, key=lambda each: (-each.monthly, each.description)))
