"""Checks that a configuration reaches its recovery objectives."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final

from constructs_arq.core.errors import Problem
from constructs_arq.core.reachable_recovery import choose_route, find_routes
from constructs_arq.core.recovery import (
    DataSet,
    Loss,
    Recovery,
    RecoveryObjectives,
    format_loss,
    format_time,
)
from constructs_arq.core.recovery_facts import Change, RecoveryFacts
from constructs_arq.core.recovery_route import Route

_MOST_CHANGES: Final = 4
_SHOWN_STEPS: Final = 4


def find_unreachable_recovery(
    objectives: RecoveryObjectives, facts: RecoveryFacts, changes: Sequence[Change]
) -> Iterator[Problem]:
    """Yield a problem for each objective that is missing, needless or not reachable.

    A message about an objective that is not reachable has what is reachable, and the fewest of the changes
    that reach the objective.
    """
    pairs = list(facts.pairs)
    for loss, data_set in pairs:
        objective = objectives.get(loss, {}).get(data_set)
        path = f"recovery.{loss}.{data_set}"
        if objective is None:
            yield _missing(path, facts, loss, data_set)
        elif isinstance(objective, Recovery) and not choose_route(facts, loss, data_set, objective):
            yield _unreachable(path, objective, facts, loss, data_set, changes)
    for loss, values in objectives.items():
        for data_set in values:
            if (loss, data_set) not in pairs:
                yield Problem(
                    f"recovery.{loss}.{data_set}",
                    "the loss does not affect this data set, or the configuration does not have it",
                    str(values[data_set]),
                    "Remove the objective.",
                )


def find_changes(
    objective: Recovery, facts: RecoveryFacts, loss: Loss, data_set: DataSet, changes: Sequence[Change]
) -> tuple[Change, ...] | None:
    """Return the fewest changes after which an objective is reachable. None if they don't suffice."""
    useful = [change for change in changes if _applied(facts, (change,)) != facts]
    for number in range(1, min(_MOST_CHANGES, len(useful)) + 1):
        for chosen in combinations(useful, number):
            if choose_route(_applied(facts, chosen), loss, data_set, objective):
                return chosen
    return None


def _applied(facts: RecoveryFacts, changes: Sequence[Change]) -> RecoveryFacts:
    values = {name: value for change in changes for name, value in change.facts.items()}
    return replace(facts, **values)  # type: ignore[arg-type]  # the values have the types of the facts


def _missing(path: str, facts: RecoveryFacts, loss: Loss, data_set: DataSet) -> Problem:
    routes = find_routes(facts, loss, data_set)
    fix = f"Set {_write(routes[0])} or more." if routes else 'Set NotRecovered(reason="…", accepted_by="…").'
    return Problem(path, "has no objective", "", fix)


def _unreachable(
    path: str,
    objective: Recovery,
    facts: RecoveryFacts,
    loss: Loss,
    data_set: DataSet,
    changes: Sequence[Change],
) -> Problem:
    routes = find_routes(facts, loss, data_set)
    found = find_changes(objective, facts, loss, data_set, changes)
    instead = f"set {_write(routes[0])}" if routes else 'set NotRecovered(reason="…", accepted_by="…")'
    if found is None:
        fix = f"No change of the configuration reaches it: {instead}."
    else:
        route = choose_route(_applied(facts, found), loss, data_set, objective)
        reached = f" ({_describe(route)})" if route else ""
        fix = f"Set {' and '.join(change.text for change in found)}, which reaches it{reached}, or {instead}."
    reachable = "; ".join(map(_explain, routes)) or "the data set is lost for good"
    return Problem(path, f"objective is not reachable: {reachable}", str(objective), fix)


def _describe(route: Route) -> str:
    return f"{route.how}: RTO {format_time(route.rto)}, RPO {format_loss(route.rpo)}"


def _explain(route: Route) -> str:
    """Return what a route reaches, with its longest steps and the kinds of their figures."""
    longest = sorted(route.timeline.longest, key=lambda step: step.duration, reverse=True)[:_SHOWN_STEPS]
    each = ", ".join(
        f"{step.figure.name} {format_time(step.duration)} {step.figure.kind}" for step in longest
    )
    return f"{_describe(route)} ({each})" if each else _describe(route)


def _write(route: Route) -> str:
    """Return the objective that a route reaches, as it is written in a configuration."""
    rto = -(-route.rto.total_seconds() // 60)
    lost = "None" if route.rpo is None else f"minutes({-(-route.rpo.total_seconds() // 60):g})"
    return f"Recovery(rto=minutes({rto:g}), rpo={lost})"
