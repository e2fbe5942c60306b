"""Savings, one module for each kind. Figures are from the price table that the estimate uses."""

from collections.abc import Iterable

from arqctl.core.assembly import Stack
from arqctl.cost.advice.canaries import advise_canaries
from arqctl.cost.advice.commitments import advise_commitments
from arqctl.cost.advice.graviton import advise_graviton
from arqctl.cost.advice.idle import advise_idle
from arqctl.cost.advice.logs import advise_log_class, advise_retention
from arqctl.cost.advice.nat import advise_endpoints, advise_shared_gateway
from arqctl.cost.advice.nights import advise_nights
from arqctl.cost.advice.saving import Advice, Saving, costs_of_stacks, in_stack
from arqctl.cost.advice.storage_tiers import advise_storage_tiers
from arqctl.cost.assumptions import Assumptions

ADVICE: tuple[Advice, ...] = (
    advise_canaries,
    advise_commitments,
    advise_endpoints,
    advise_graviton,
    advise_idle,
    advise_log_class,
    advise_nights,
    advise_retention,
    advise_shared_gateway,
    advise_storage_tiers,
)


def advise(
    stacks: Iterable[Stack], assumptions: Assumptions, *, is_protected: bool = False
) -> tuple[Saving, ...]:
    """Return all savings in the stacks of an environment, the largest first.

    A protected environment gets no advice that its rules forbid.
    """
    found: list[Saving] = []
    for stack, costs in costs_of_stacks(tuple(stacks), assumptions, is_protected=is_protected):
        for advice in ADVICE:
            found += in_stack(advice(costs), stack)
    return tuple(sorted(found, key=lambda each: (-each.monthly, each.kind, each.stack, each.addresses)))
