"""The estimate's page for a person: the sum and how far it reaches, each construct, and what is missing."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from arqctl.core.console import page
from arqctl.cost.constructs import Construct, by_construct
from arqctl.cost.estimate import Estimate, Unpriced

_PRICES = (
    "Prices are AWS's list prices as last known: on demand, for Linux, with no free tier, discount or tax."
    " A group of instances counts at the size it starts with."
)


def render_text(environment: str, told: Estimate, *, width: int = 80, color: bool = False) -> str:
    """Write the page. It says the same without colour."""
    return page(_parts(environment, told), width=width, color=color)


def _parts(environment: str, told: Estimate) -> Iterator[RenderableType]:
    yield _sum(environment, told)
    yield Text()
    constructs = by_construct(told)
    if constructs:
        yield _table(constructs)
        yield Text()
    yield from _missing(told.unpriced)
    yield from _by_use(told)
    yield Padding(Text(f"{_PRICES} The oldest of them is of {told.as_of.isoformat()}."), 0)


def _sum(environment: str, told: Estimate) -> Text:
    costing, unpriced = len(told.lines), len(told.unpriced)
    floor = "at least " if unpriced else ""
    amount = f"{floor}{dollars(told.monthly)}" if told.is_known else "not known"
    known = f"{told.coverage} % of the {costing:,} resources that cost something by themselves"
    more = f"; unpriced, whole or in part: {unpriced:,}" if unpriced else ""
    return Text.assemble((f"{environment}: {amount} a month", "bold"), f", known for {known}{more}")


def dollars(amount: Decimal) -> str:
    """An amount as a person writes it."""
    return f"${amount:,.2f}"


def _table(constructs: tuple[Construct, ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("construct", overflow="fold")
    table.add_column("", justify="right")
    table.add_column("what", overflow="fold")
    table.add_column("a month", justify="right", no_wrap=True)
    for construct in constructs:
        _add(table, construct)
    return table


def _add(table: Table, construct: Construct) -> None:
    rows: list[tuple[Text, Text, Text]] = [
        (_plain(_count(each.quantity)), _plain(each.what), Text(dollars(each.monthly)))
        for each in construct.entries
    ]
    if construct.unpriced:
        unpriced = Text("unpriced, whole or in part", "yellow")
        rows.append((Text(f"{construct.unpriced:,}"), unpriced, Text("not known", "yellow")))
    if len(construct.entries) > 1:
        rows.append((Text(), Text(), Text(dollars(construct.monthly), "bold")))
    for place, row in enumerate(rows):
        table.add_row(_plain(construct.path) if place == 0 else "", *row)


def _count(quantity: Decimal) -> str:
    return f"{quantity.normalize():,f}"


def _plain(text: str, style: str = "") -> Text:
    """Text of a stack, without what a terminal would obey."""
    return Text("".join(each if each.isprintable() else " " for each in text), style)


def _missing(unpriced: tuple[Unpriced, ...]) -> Iterator[RenderableType]:
    if not unpriced:
        return
    yield Text(f"Unpriced: {len(unpriced):,}", "bold yellow")
    for each in unpriced:
        yield _plain(f"  {each.path}")
        yield _plain(f"    {each.address}", "dim")
        for why in each.why:
            yield Padding(_plain(why), (0, 0, 0, 4))
    yield Text()


def _by_use(told: Estimate) -> Iterator[RenderableType]:
    """What costs by use alone, by type: nobody can know it by reading, so that it is in no sum."""
    if not told.metered:
        return
    yield Text("Not counted, as it costs by use alone", "bold")
    for (type_, what), times in sorted(Counter((each.type, each.what) for each in told.metered).items()):
        yield Padding(Text(f"{times:,} {type_}: {what}"), (0, 0, 0, 2))
    yield Text()
