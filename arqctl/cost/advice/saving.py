"""A possible saving, and the costs of a stack in which advice looks for it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain
from typing import TypeAlias

from arqctl.core.assembly import Stack
from arqctl.core.default_provider import default_region
from arqctl.cost.assumptions import Assumptions
from arqctl.cost.estimate import CostComponent, ResourceCost, estimate
from arqctl.cost.priceable import PriceableResource, priceable_resources
from arqctl.cost.prices import find_price
from arqctl.cost.stack_resources import StackResources


@dataclass(frozen=True, slots=True)
class Saving:
    """A change that saves `monthly` US dollars, with its calculation, its trade-off and its resources.

    `stack` and `region` are those of the resources.
    """

    kind: str
    change: str
    monthly: Decimal
    calculation: str
    trade_off: str
    addresses: tuple[str, ...]
    stack: str = ""
    region: str = ""


class StackCosts:
    """The resources of a stack with their costs, at the assumed usage.

    `related` are those of other stacks, from which a replica inherits its size. With `is_protected`, the
    rules of protected environments apply to the stack.
    """

    def __init__(
        self,
        resources: Iterable[PriceableResource],
        assumptions: Assumptions,
        *,
        related: Iterable[PriceableResource] = (),
        is_protected: bool = False,
    ) -> None:
        given, others = tuple(resources), tuple(related)
        self.is_protected = is_protected
        self.resources = StackResources(given, assumptions, others)
        self.assumptions = assumptions
        self._costs = {cost.address: cost for cost in estimate(given, assumptions, others).resources}

    def of_type(self, *types: str) -> Iterator[PriceableResource]:
        """Yield all resources of the types."""
        for type_ in types:
            yield from self.resources.of_type(type_)

    def referrers(self, resource: PriceableResource, *types: str) -> tuple[PriceableResource, ...]:
        """Return the resources of the types that refer to a resource."""
        reference = f"${{{resource.address}."
        return tuple(each for each in self.of_type(*types) if reference in str(each.values))

    def components(self, resource: PriceableResource, prefix: str) -> tuple[CostComponent, ...]:
        """Return the priced components of a resource whose item starts with a prefix."""
        cost: ResourceCost | None = self._costs.get(resource.address)
        found = cost.components if cost else ()
        return tuple(each for each in found if each.monthly is not None and each.item.startswith(prefix))

    def monthly(self, resource: PriceableResource, prefix: str = "") -> Decimal:
        """Return what these components cost in a month."""
        parts = self.components(resource, prefix)
        return sum((each.monthly for each in parts if each.monthly is not None), Decimal(0))


def costs_of_stacks(
    stacks: Sequence[Stack], assumptions: Assumptions, *, is_protected: bool = False
) -> Iterator[tuple[Stack, StackCosts]]:
    """Yield each stack of an environment with its costs. References lead into all stacks."""
    resources = [priceable_resources(stack) for stack in stacks]
    related = tuple(chain.from_iterable(resources))
    for stack, own in zip(stacks, resources, strict=True):
        usage = assumptions.for_stack(stack.name)
        yield stack, StackCosts(own, usage, related=related, is_protected=is_protected)


def in_stack(savings: Iterable[Saving], stack: Stack) -> Iterator[Saving]:
    """Yield the savings with the name and the region of their stack."""
    for each in savings:
        yield replace(each, stack=stack.name, region=default_region(stack))


Advice: TypeAlias = Callable[[StackCosts], Iterator[Saving]]
"""Yields the savings of one kind in a stack. It yields nothing where it doesn't apply."""


def price_of(region: str, item: str, quantity: Decimal) -> Decimal | None:
    """Return the monthly cost of a quantity of an item; None if the table has no price."""
    price = find_price(region, item)
    return None if price is None else price.monthly(quantity)


def dollars(amount: Decimal) -> str:
    """Format an amount, such as `$1,234.50`."""
    return f"${amount:,.2f}"
