"""The table of all stacks."""

from rich.console import RenderableType
from rich.table import Table

from arqctl.review.model import Cost, Judged, Review, counted


def matrix(review: Review) -> RenderableType:
    """The table of all stacks."""
    told = counted(stack.counts for stack in review.stacks)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("stack", no_wrap=True, overflow="fold")
    for heading in (*told, "findings", "$ a month"):
        table.add_column(heading.rstrip("_"), justify="right", no_wrap=True)
    for stack in review.stacks:
        counts = (_number(getattr(stack.counts, name)) for name in told)
        table.add_row(stack.stack, *counts, _findings(stack.judged), cost_text(stack.cost))
    return table


def _number(count: int) -> str:
    return f"{count:,}" if count else "·"


def _findings(judged: Judged | None) -> str:
    if not judged:
        return "?"
    return _number(len(judged.new) + len(judged.undecided) + judged.standing + len(judged.breaks))


def cost_text(cost: Cost | None) -> str:
    """The monthly figure and how it changes; a question mark for what isn't known, never nothing."""
    if not cost:
        return "?"
    monthly = "?" if cost.monthly is None else f"{'≥ ' if cost.unpriced else ''}{cost.monthly:,.0f}"
    delta = "?" if cost.delta is None else f"{cost.delta:+,.2f}"
    unpriced = f", {cost.unpriced:,} unpriced" if cost.unpriced else ""
    return f"{monthly} ({delta}{unpriced})"
