"""Renders an estimate for a terminal: the sum, the cost of each construct, and what has no price."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from arqctl.core.console import render_page
from arqctl.cost.budget import BudgetComparison
from arqctl.cost.construct_costs import ConstructCost, costs_by_construct
from arqctl.cost.estimate import Estimate, Unpriced

_PRICES = (
    "Prices are AWS's on-demand list prices for Linux, without free tier, discounts or tax. "
    "Autoscaling groups count at their initial size. Usage and the price of spot instances are assumed: "
    "--assumptions shows them."
)


def render_text(
    environment: str,
    costs: Estimate,
    budgets: Sequence[BudgetComparison] = (),
    *,
    width: int = 80,
    color: bool = False,
) -> str:
    """Render the page. The text is the same with and without color."""
    return render_page(_parts(environment, costs, budgets), width=width, color=color)


def _parts(
    environment: str, costs: Estimate, budgets: Sequence[BudgetComparison]
) -> Iterator[RenderableType]:
    yield _summary(environment, costs)
    yield from map(_budget, budgets)
    yield Text()
    constructs = costs_by_construct(costs)
    if constructs:
        yield _table(constructs)
        yield Text()
    yield from _unpriced(costs.unpriced)
    yield from _usage_based(costs)
    yield Padding(Text(f"{_PRICES} The oldest price used is from {costs.as_of.isoformat()}."), 0)


def _summary(environment: str, costs: Estimate) -> Text:
    charged, unpriced = len(costs.resources) + len(costs.usage_based), len(costs.unpriced)
    minimum = "at least " if unpriced else ""
    amount = f"{minimum}{dollars(costs.monthly)} a month" if costs.is_known else "unknown cost"
    coverage = f"; {costs.coverage} % of {charged:,} resources that cost anything are priced"
    more = f", {unpriced:,} unpriced or partly priced" if unpriced else ""
    return Text.assemble((f"{environment}: {amount}", "bold"), coverage, more)


def _budget(budget: BudgetComparison) -> Text:
    if budget.is_close:
        return Text(f"{budget}.")
    return Text(f"{budget}: more than 20 % apart. Set it to {budget.suggested}.", "yellow")


def dollars(amount: Decimal) -> str:
    """Format an amount, such as `$1,234.50`."""
    return f"${amount:,.2f}"


def _table(constructs: tuple[ConstructCost, ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("construct", overflow="fold")
    table.add_column("", justify="right")
    table.add_column("charged for", overflow="fold")
    table.add_column("a month", justify="right", no_wrap=True)
    for construct in constructs:
        _add_rows(table, construct)
    return table


def _add_rows(table: Table, construct: ConstructCost) -> None:
    rows: list[tuple[Text, Text, Text]] = [
        (_plain(_count(each.quantity)), _plain(each.description), Text(dollars(each.monthly)))
        for each in construct.items
    ]
    if construct.unpriced:
        label = Text("unpriced or partly priced", "yellow")
        rows.append((Text(f"{construct.unpriced:,}"), label, Text("unknown", "yellow")))
    if len(construct.items) > 1:
        rows.append((Text(), Text(), Text(dollars(construct.monthly), "bold")))
    for index, row in enumerate(rows):
        table.add_row(_plain(construct.path) if index == 0 else "", *row)


def _count(quantity: Decimal) -> str:
    return f"{quantity.normalize():,f}"


def _plain(text: str, style: str = "") -> Text:
    """Replace control characters, which a terminal would interpret."""
    return Text("".join(each if each.isprintable() else " " for each in text), style)


def _unpriced(unpriced: tuple[Unpriced, ...]) -> Iterator[RenderableType]:
    if not unpriced:
        return
    yield Text(f"Unpriced or partly priced: {len(unpriced):,}", "bold yellow")
    for each in unpriced:
        yield _plain(f"  {each.path}")
        yield _plain(f"    {each.address}", "dim")
        for reason in each.reasons:
            yield Padding(_plain(reason), (0, 0, 0, 4))
    yield Text()


def _usage_based(costs: Estimate) -> Iterator[RenderableType]:
    if not costs.usage_based:
        return
    yield Text("Not counted: the cost depends on usage, and the table has no price for it", "bold")
    counts = Counter((each.type, each.charged_for) for each in costs.usage_based)
    for (type_, charged_for), count in sorted(counts.items()):
        yield Padding(Text(f"{count:,} {type_}: {charged_for}"), (0, 0, 0, 2))
    yield Text()
