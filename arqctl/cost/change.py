"""What a change costs: both sides of it estimated, and the difference where it is known."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from arqctl.cost.estimate import Estimate, Line, Part, estimate
from arqctl.cost.priceable import Priced

_CENTS = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Delta:
    """How much more or less a resource costs a month; None where that isn't known."""

    address: str
    path: str
    monthly: Decimal | None


@dataclass(frozen=True, slots=True)
class CostChange:
    """What a change costs, in US dollars a month. None is "not known", never nothing.

    `monthly` is the sum of what is known afterwards, None where nothing is though something costs. `deltas`
    are those of the resources whose cost changes, or may; `delta` is their sum, None as soon as one is: an
    unknown price must not read as a saving. `coverage` and `unpriced`, a count, are of what is there then.
    """

    monthly: Decimal | None
    delta: Decimal | None
    deltas: tuple[Delta, ...]
    coverage: int
    unpriced: int
    as_of: date


def cost_change(before: Iterable[Priced], after: Iterable[Priced]) -> CostChange:
    """What it costs to go from one set of resources to another.

    Pass all resources of both sides, and one that moves by the same address on both. What is unpriced on both
    in the same way changes nothing.
    """
    before, after = tuple(before), tuple(after)
    was, becomes = estimate(before), estimate(after)
    untouched = {each.address: each for each in before}
    same = {each.address for each in after if untouched.get(each.address) == each}
    deltas = tuple(_deltas(_by_address(was), _by_address(becomes), same))
    known = [each.monthly for each in deltas if each.monthly is not None]
    return CostChange(
        monthly=_total(becomes),
        delta=sum(known, _CENTS) if len(known) == len(deltas) else None,
        deltas=deltas,
        coverage=becomes.coverage,
        unpriced=len(becomes.unpriced),
        as_of=min(was.as_of, becomes.as_of),
    )


def _by_address(told: Estimate) -> dict[str, Line]:
    return {line.address: line for line in told.lines}


def _total(told: Estimate) -> Decimal | None:
    return told.monthly if told.is_known else None


def _deltas(was: Mapping[str, Line], becomes: Mapping[str, Line], same: set[str]) -> Iterable[Delta]:
    for address in sorted({*was, *becomes}):
        old, new = was.get(address), becomes.get(address)
        path = (new or old or Line("", "", "", None)).path
        delta = _delta(old, new, unchanged=address in same)
        if delta != 0:
            yield Delta(address, path, delta)


def _delta(old: Line | None, new: Line | None, *, unchanged: bool) -> Decimal | None:
    before, after = _monthly(old), _monthly(new)
    if before is not None and after is not None:
        return after - before
    if old is None or new is None:
        return None
    if unchanged and old.parts == new.parts:
        return _CENTS
    return _between_parts(old.parts, new.parts) if old.parts and new.parts else None


def _monthly(line: Line | None) -> Decimal | None:
    return _CENTS if line is None else line.monthly


def _between_parts(old: tuple[Part, ...], new: tuple[Part, ...]) -> Decimal | None:
    """The difference of what is known, where what isn't is the same on both sides."""
    unknown, still = _without_price(old), _without_price(new)
    if unknown != still or any(quantity is None for _, quantity in unknown):
        return None
    return _sum(new) - _sum(old)


def _without_price(parts: tuple[Part, ...]) -> Counter[tuple[str, Decimal | None]]:
    return Counter((part.item, part.quantity) for part in parts if part.monthly is None)


def _sum(parts: tuple[Part, ...]) -> Decimal:
    return sum((part.monthly for part in parts if part.monthly is not None), _CENTS)
