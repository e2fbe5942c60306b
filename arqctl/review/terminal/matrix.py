"""Renders the table of all stacks."""

from rich.console import RenderableType
from rich.table import Table

from arqctl.review.model import Cost, PolicyDelta, Review, count_columns


def matrix(review: Review) -> RenderableType:
    """Return the table of all stacks."""
    columns = count_columns(stack.counts for stack in review.stacks)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("stack", no_wrap=True, overflow="fold")
    for heading in (*columns, "findings", "USD/month"):
        table.add_column(heading.rstrip("_"), justify="right", no_wrap=True)
    for stack in review.stacks:
        counts = (_number(getattr(stack.counts, name)) for name in columns)
        table.add_row(stack.stack, *counts, _findings(stack.policy), cost_text(stack.cost))
    return table


def _number(count: int) -> str:
    return f"{count:,}" if count else "·"


def _findings(policy: PolicyDelta | None) -> str:
    return _number(policy.blocking) if policy else "?"


def cost_text(cost: Cost | None) -> str:
    """Return the monthly cost and its difference. An unknown value is "?", never zero."""
    if not cost:
        return "?"
    monthly = "?" if cost.monthly is None else f"{'≥ ' if cost.unpriced else ''}{cost.monthly:,.0f}"
    delta = "?" if cost.delta is None else f"{cost.delta:+,.2f}"
    unpriced = f", {cost.unpriced:,} unpriced" if cost.unpriced else ""
    return f"{monthly} ({delta}{unpriced})"
