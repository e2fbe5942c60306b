"""Budgets of the steps of a failover, and which part breaks the limit."""

import pytest

from arqctl.drill.failover_timeline import Timeline, TimelineStep
from arqctl.drill.time_budget import explain, split_seconds, step_budgets


def timeline(**minutes: float) -> Timeline:
    steps, clock = [], 0.0
    for name, duration in minutes.items():
        end = clock + duration * 60
        steps.append(
            TimelineStep(
                name=name.replace("_", "-"), title=name, start=clock, end=end, kind="assumed", source=""
            )
        )
        clock = end
    return Timeline(how="the standby", steps=tuple(steps), loss_seconds=None)


def test_people_share_the_rest() -> None:
    given = timeline(page=5, engineer_starts=5, decision=5, rds_promotion=10, clients_reconnect=2)
    assert split_seconds(given) == (900, 720)
    assert step_budgets(given, limit=900) == (60, 60, 60, 600, 120)


@pytest.mark.parametrize("limit", [300, 900, 3600])
def test_the_budgets_fit_into_the_limit(limit: float) -> None:
    given = timeline(page=5, decision=7, rds_promotion=10)
    budgets = step_budgets(given, limit=limit)
    assert sum(budgets) == pytest.approx(limit)
    assert all(each >= 0 for each in budgets)


@pytest.mark.parametrize(
    ("limit", "texts"),
    [
        (22 * 60, []),
        (15 * 60, ["People break the limit: they take 12 minutes, and 5 are left", "within 5 minutes"]),
        (9 * 60, ["The technical order alone takes 10 of 9 minutes"]),
    ],
)
def test_the_part_that_breaks_the_limit_is_named(limit: float, texts: list[str]) -> None:
    found = list(explain(timeline(page=5, decision=7, rds_promotion=10), limit=limit))
    assert len(found) == len(texts)
    assert all(text in line for text, line in zip(texts, found, strict=True))
