"""The report of a simulated failover: the order on offline AWS, the clock, and the verdict."""

from collections.abc import Iterator, Sequence

from arqctl.drill.failover_order import OrderStep
from arqctl.drill.failover_timeline import Timeline
from arqctl.drill.game_day import clock
from arqctl.drill.time_budget import explain, is_by_people, split_seconds, step_budgets


def render_region(
    environment: str, timeline: Timeline, order: Sequence[OrderStep], *, limit: float
) -> Iterator[str]:
    """Yield the lines. `limit` is in seconds. Without an order, nothing was run on offline AWS."""
    if order:
        yield f"{environment}, on offline AWS (simulated):"
        yield from (_order_line(done) for done in order)
        yield "  The approvals and the key of CloudFront are in no stack, so nothing ran them."
    yield f"{environment}, simulated clock: {timeline.how}"
    width = max((len(step.title) for step in timeline.steps), default=0)
    for step, budget in zip(timeline.steps, step_budgets(timeline, limit=limit), strict=True):
        over = f", over by {clock(step.seconds - budget)}" if step.seconds > budget else ""
        by = "people" if is_by_people(step) else "technical"
        times = f"{clock(step.start)} to {clock(step.end)}"
        yield f"  {times}  {step.title:{width}}  {by:9}  budget {clock(budget)}{over}"
    people, technical = split_seconds(timeline)
    yield f"Detection and decision by people take {clock(people)}, the technical order {clock(technical)}."
    yield f"{_verdict(timeline, limit)} {_loss(timeline)}"
    yield from explain(timeline, limit=limit)
    yield "Figures:"
    for step in timeline.steps:
        yield f"  {step.name} ({step.kind}): {step.source}"


def _order_line(done: OrderStep) -> str:
    return f"  FAIL  {done.text}: {done.problem}" if done.problem else f"  ok    {done.text}"


def _verdict(timeline: Timeline, limit: float) -> str:
    minutes, rest = f"{limit / 60:.0f} minutes", clock(abs(limit - timeline.seconds))
    if timeline.seconds > limit:
        return f"{minutes} do not hold: it takes {clock(timeline.seconds)}, and is late by {rest}."
    return f"{minutes} hold: it takes {clock(timeline.seconds)}, and leaves {rest}."


def _loss(timeline: Timeline) -> str:
    if timeline.loss_seconds is None:
        return "All contents are lost."
    return f"Changes of the last {clock(timeline.loss_seconds)} are lost."
