"""Renders the comparison of a bill with the estimate as text and as Markdown."""

from decimal import Decimal

from arqctl.core.sanitize import sanitize
from arqctl.cost.bill import Month
from arqctl.cost.bill_comparison import ServiceCost, total
from arqctl.cost.text_report import dollars

_NOTE = (
    "Charged costs are amortized, without tax, support, credits and refunds. The estimate has list prices "
    "and the assumed usage: change assumptions.toml where a difference stays."
)


def render_bill_text(environment: str, month: Month, rows: tuple[ServiceCost, ...]) -> str:
    """Render a table, the largest difference first, with a mark where both are not close."""
    lines = [_headline(environment, month, rows), ""]
    width = max((len(sanitize(each.service)) for each in rows), default=0)
    lines.append(f"{'service':{width}}  {'estimate':>12}  {'charged':>12}  {'difference':>12}")
    lines += [
        f"{sanitize(each.service):{width}}  {dollars(each.estimated):>12}  {dollars(each.charged):>12}  "
        f"{_signed(each.difference):>12}{'' if each.is_close else '  !'}"
        for each in rows
    ]
    return "\n".join([*lines, "", _NOTE]) + "\n"


def render_bill_markdown(environment: str, month: Month, rows: tuple[ServiceCost, ...]) -> str:
    """Render a Markdown table for a job summary."""
    lines = [f"### {_headline(environment, month, rows)}", ""]
    lines += ["| service | estimate | charged | difference | |", "|---|---:|---:|---:|---|"]
    lines += [
        f"| {sanitize(each.service).replace('|', ' ')} | {dollars(each.estimated)} | {dollars(each.charged)} "
        f"| {_signed(each.difference)} | {'' if each.is_close else 'look at it'} |"
        for each in rows
    ]
    return "\n".join([*lines, "", _NOTE]) + "\n"


def _headline(environment: str, month: Month, rows: tuple[ServiceCost, ...]) -> str:
    both = total(rows)
    return (
        f"{environment} in {month}: {dollars(both.charged)} charged, {dollars(both.estimated)} estimated "
        f"({_signed(both.difference)})"
    )


def _signed(amount: Decimal) -> str:
    return f"{'-' if amount < 0 else '+'}{dollars(abs(amount))}"
