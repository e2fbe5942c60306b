"""Rightsizing from measured use, which files contain."""

from collections.abc import Iterable, Sequence

from arqctl.core.assembly import Stack
from arqctl.cost.advice.saving import Saving, StackCosts
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
    costs = [StackCosts(priceable_resources(stack), assumptions) for stack in stacks]
    found = (saving for kind in _KINDS for each in costs for saving in kind(each, series))
    return tuple(sorted(found, key=lambda each: (-each.monthly, each.addresses)))
