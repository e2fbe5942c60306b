"""The budget of each step of a failover: how long it may take, so that all of them fit into the minutes."""

from collections.abc import Iterator

from arqctl.drill.failover_timeline import Timeline, TimelineStep

# Figures of `recovery_figures.toml` that are the time of people or of their alarms.
_BY_PEOPLE = frozenset({"page", "mail-read", "engineer-starts", "decision"})


def is_by_people(step: TimelineStep) -> bool:
    """Return whether a step is the detection or a decision by people. Others are the technical order."""
    return step.name in _BY_PEOPLE


def split_seconds(timeline: Timeline) -> tuple[float, float]:
    """Return the seconds of people, and those of the technical order."""
    people = sum(step.seconds for step in timeline.steps if is_by_people(step))
    return people, sum(step.seconds for step in timeline.steps) - people


def step_budgets(timeline: Timeline, *, limit: float) -> tuple[float, ...]:
    """Return the budget of each step in seconds. Their sum is at most `limit`.

    AWS takes its time, so a technical step has its figure as budget. People share what is left.
    """
    _, technical = split_seconds(timeline)
    people = sum(map(is_by_people, timeline.steps))
    share = max(limit - technical, 0) / people if people else 0.0
    scale = min(1.0, limit / technical) if technical else 1.0
    return tuple(share if is_by_people(step) else step.seconds * scale for step in timeline.steps)


def explain(timeline: Timeline, *, limit: float) -> Iterator[str]:
    """Yield which part breaks the limit, and what would make it hold. Nothing, if it holds."""
    people, technical = split_seconds(timeline)
    if people + technical <= limit:
        return
    if technical > limit:
        yield (
            f"The technical order alone takes {_minutes(technical)} of {_minutes(limit)} minutes, so no "
            "faster decision helps. A database that fails over to another region without a promotion would."
        )
        return
    left = _minutes(limit - technical)
    yield (
        f"The technical order fits. People break the limit: they take {_minutes(people)} minutes, and {left} "
        "are left for the page, the start and the decision."
    )
    yield (
        f"It would hold if an alarm started the promotion within {left} minutes, without an approval. A "
        "wrong alarm would then lose transactions."
    )


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f}"
