"""Rightsizing from measured use, which files contain."""

from collections.abc import Iterable, Sequence

from arqctl.core.assembly import Stack
from arqctl.cost.advice.saving import Saving, costs_of_stacks, in_stack
from arqctl.cost.assumptions import Assumptions
from arqctl.cost.rightsizing.containers import rightsize_containers
from arqctl.cost.rightsizing.data_stores import rightsize_caches, rightsize_databases
from arqctl.cost.rightsizing.measured_series import MeasuredSeries

_KINDS = (rightsize_caches, rightsize_containers, rightsize_databases)


def rightsize(
    stacks: Iterable[Stack], assumptions: Assumptions, series: Sequence[MeasuredSeries]
) -> tuple[Saving, ...]:
    """Return the savings by smaller sizes in the stacks of an environment, the largest first.

    A standby has none, because its load is small until a failover.
    """
    found: list[Saving] = []
    for stack, costs in costs_of_stacks(tuple(stacks), assumptions):
        if costs.assumptions.is_standby:
            continue
        own = [each for each in series if each.stack in ("", stack.name)]
        for kind in _KINDS:
            found += in_stack(kind(costs, own), stack)
    return tuple(sorted(found, key=lambda each: (-each.monthly, each.stack, each.addresses)))
