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
    for done in order:
        yield f"  FAIL  {done.text}: {done.problem}" if done.problem else f"  ok    {done.text}"
    yield f"{environment}, simulated clock: {timeline.how}"
    for step, budget in zip(timeline.steps, step_budgets(timeline, limit=limit), strict=True):
        over = f", over by {clock(step.seconds - budget)}" if step.seconds > budget else ""
        yield (
            f"{clock(step.start)} to {clock(step.end)}  {step.title} ({step.kind}: {step.source})"
            f"  {'people' if is_by_people(step) else 'technical'}, budget {clock(budget)}{over}"
        )
    people, technical = split_seconds(timeline)
    yield f"detection and decision by people {clock(people)}, technical order {clock(technical)}"
    is_late = timeline.seconds > limit
    yield (
        f"{clock(timeline.seconds)} of {limit / 60:.0f}:00 minutes {'is late by' if is_late else 'leaves'} "
        f"{clock(abs(limit - timeline.seconds))}"
    )
    yield from explain(timeline, limit=limit)
