"""Estimates how much a change costs: the estimates of both sides, and the difference where it is known."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from arqctl.cost.assumptions import NO_USAGE, Assumptions
from arqctl.cost.estimate import CostComponent, Estimate, ResourceCost, estimate
from arqctl.cost.priceable import PriceableResource

_ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class CostDelta:
    """Difference of a resource's monthly cost in US dollars; None if unknown."""

    address: str
    path: str
    monthly: Decimal | None


@dataclass(frozen=True, slots=True)
class CostChange:
    """Cost of a change in US dollars a month. None means "unknown", never zero.

    `monthly` is the known cost after the change; None if no cost of the charged resources is known. `deltas`
    lists the resources whose cost changes or may change. `delta` is their sum; None if one is unknown, so
    that an unknown price never reads as a saving. `coverage` and the count `unpriced` describe the resources
    after the change.
    """

    monthly: Decimal | None
    delta: Decimal | None
    deltas: tuple[CostDelta, ...]
    coverage: int
    unpriced: int
    as_of: date


def cost_change(
    before: Iterable[PriceableResource],
    after: Iterable[PriceableResource],
    assumptions: Assumptions = NO_USAGE,
) -> CostChange:
    """Estimate the cost of a change from one set of resources to another, with the same assumed usage.

    Pass all resources of both sides. Give a moved resource the same address on both sides. A component that
    is unpriced in the same way on both sides doesn't affect the difference.
    """
    before, after = tuple(before), tuple(after)
    old, new = estimate(before, assumptions), estimate(after, assumptions)
    before_by_address = {each.address: each for each in before}
    unchanged = {each.address for each in after if before_by_address.get(each.address) == each}
    deltas = tuple(_deltas(_by_address(old), _by_address(new), unchanged))
    known = [each.monthly for each in deltas if each.monthly is not None]
    return CostChange(
        monthly=new.monthly if new.is_known else None,
        delta=sum(known, _ZERO) if len(known) == len(deltas) else None,
        deltas=deltas,
        coverage=new.coverage,
        unpriced=len(new.unpriced),
        as_of=min(old.as_of, new.as_of),
    )


def _by_address(costs: Estimate) -> dict[str, ResourceCost]:
    return {cost.address: cost for cost in costs.resources}


def _deltas(
    old: Mapping[str, ResourceCost], new: Mapping[str, ResourceCost], unchanged: set[str]
) -> Iterable[CostDelta]:
    for address in sorted({*old, *new}):
        before, after = old.get(address), new.get(address)
        path = (after or before or ResourceCost("", "", "", None)).path
        delta = _delta(before, after, is_unchanged=address in unchanged)
        if delta != 0:
            yield CostDelta(address, path, delta)


def _delta(before: ResourceCost | None, after: ResourceCost | None, *, is_unchanged: bool) -> Decimal | None:
    old, new = _monthly(before), _monthly(after)
    if old is not None and new is not None:
        return new - old
    if before is None or after is None:
        return None
    if is_unchanged and before.components == after.components:
        return _ZERO
    if not before.components or not after.components:
        return None
    return _delta_of_priced_components(before.components, after.components)


def _monthly(cost: ResourceCost | None) -> Decimal | None:
    return _ZERO if cost is None else cost.monthly


def _delta_of_priced_components(
    before: tuple[CostComponent, ...], after: tuple[CostComponent, ...]
) -> Decimal | None:
    """Return the difference of the priced components; None unless the unpriced ones are the same."""
    unpriced = _unpriced(before)
    if unpriced != _unpriced(after) or any(quantity is None for _, quantity in unpriced):
        return None
    return _sum(after) - _sum(before)


def _unpriced(components: tuple[CostComponent, ...]) -> Counter[tuple[str, Decimal | None]]:
    return Counter((each.item, each.quantity) for each in components if each.monthly is None)


def _sum(components: tuple[CostComponent, ...]) -> Decimal:
    return sum((each.monthly for each in components if each.monthly is not None), _ZERO)
