"""Rightsizing from measured use, which files contain."""

from collections.abc import Iterable, Sequence

from arqctl.core.assembly import Stack
from arqctl.cost.advice.saving import Saving, StackCosts, in_stack
from arqctl.cost.assumptions import Assumptions
from arqctl.cost.priceable import priceable_resources
from arqctl.cost.rightsizing.containers import rightsize_containers
from arqctl.cost.rightsizing.data_stores import rightsize_caches, rightsize_databases
from arqctl.cost.rightsizing.measured_series import MeasuredSeries

_KINDS = (rightsize_caches, rightsize_containers, rightsize_databases)


def rightsize(
    stacks: Iterable[Stack], assumptions: Assumptions, series: Sequence[MeasuredSeries]
) -> tuple[Saving, ...]:
    """Return the savings by smaller sizes in the stacks of an environment, the largest first."""
    found: list[Saving] = []
    for stack in stacks:
        costs = StackCosts(priceable_resources(stack), assumptions.for_stack(stack.name))
        for kind in _KINDS:
            found += in_stack(kind(costs, series), stack)
    return tuple(sorted(found, key=lambda each: (-each.monthly, each.stack, each.addresses)))
