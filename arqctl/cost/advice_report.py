"""Renders savings for a terminal, and as JSON."""

import json
from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from arqctl.core.console import render_page
from arqctl.core.json_access import Json
from arqctl.core.sanitize import sanitize
from arqctl.cost.advice.saving import Saving, dollars

_NOTE = (
    "Savings overlap: a stopped database needs no reservation. They are estimates at list prices and the "
    "assumed usage. The discounts of savings plans and reservations and the price of spot instances are "
    "assumed too: --assumptions shows them. Rightsizing needs measurements: --usage FILE."
)


def render_advice(
    environment: str, savings: Sequence[Saving], *, width: int = 80, color: bool = False
) -> str:
    """Render each saving with its amount, calculation and trade-off."""
    return render_page(_parts(environment, savings), width=width, color=color)


def _parts(environment: str, savings: Sequence[Saving]) -> Iterator[RenderableType]:
    if not savings:
        yield Text(f"{environment}: no savings found.", "bold")
        return
    yield Text(f"{environment}: {len(savings)} possible savings a month", "bold")
    for each in savings:
        yield Text()
        where = f"{each.stack} in {each.region}" if each.region else each.stack
        what = f"  {sanitize(each.change)}  ({each.kind}, {sanitize(where)})"
        yield Text.assemble((dollars(each.monthly), "bold"), what)
        yield Padding(Text(f"Calculation: {sanitize(each.calculation)}"), (0, 0, 0, 2))
        yield Padding(Text(f"Trade-off: {sanitize(each.trade_off)}"), (0, 0, 0, 2))
    yield Text()
    yield Text(_NOTE)


def render_advice_json(environment: str, savings: Sequence[Saving]) -> str:
    """Render one JSON document. Amounts are strings, as a float can't hold a cent exactly."""
    found: list[Json] = [
        {
            "kind": each.kind,
            "change": each.change,
            "monthly": f"{each.monthly:f}",
            "calculation": each.calculation,
            "trade_off": each.trade_off,
            "stack": each.stack,
            "region": each.region,
            "addresses": list(each.addresses),
        }
        for each in savings
    ]
    document: Json = {"version": 1, "environment": environment, "currency": "USD", "savings": found}
    return json.dumps(document, indent=2) + "\n"
