"""An estimate by construct: what each topmost construct of a stack costs, and for what."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from arqctl.cost.estimate import Estimate, Line, Part

_CENTS = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a construct is charged for in one sort: how many, in US dollars a month."""

    what: str
    quantity: Decimal
    monthly: Decimal


@dataclass(frozen=True, slots=True)
class Construct:
    """A construct just below its stack. Entries and sum are of what is known; `unpriced` has more to it."""

    path: str
    monthly: Decimal
    entries: tuple[Entry, ...]
    unpriced: int


def by_construct(told: Estimate) -> tuple[Construct, ...]:
    """The constructs that cost something, the dearest first."""
    grouped: dict[str, list[Line]] = defaultdict(list)
    for line in told.lines:
        grouped[_top(line.path)].append(line)
    found = (_construct(path, lines) for path, lines in grouped.items())
    return tuple(sorted(found, key=lambda each: (-each.monthly, each.path)))


def _top(path: str) -> str:
    """`production/database/replicas/reports/Default` is a part of `production/database`."""
    return "/".join(path.split("/")[:2])


def _construct(path: str, lines: Iterable[Line]) -> Construct:
    lines = tuple(lines)
    return Construct(
        path=path,
        monthly=sum((line.known for line in lines), _CENTS),
        entries=_entries(part for line in lines for part in line.parts if part.monthly is not None),
        unpriced=sum(line.monthly is None for line in lines),
    )


def _entries(parts: Iterable[Part]) -> tuple[Entry, ...]:
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for part in parts:
        quantity, monthly = sums.get(part.what, (Decimal(0), _CENTS))
        sums[part.what] = (quantity + (part.quantity or 0), monthly + (part.monthly or 0))
    entries = (Entry(what, *both) for what, both in sums.items())
    return tuple(sorted(entries, key=lambda each: (-each.monthly, each.what)))
