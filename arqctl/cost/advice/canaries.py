"""Advice: fewer runs of canaries."""

from collections.abc import Iterator
from decimal import Decimal

from arqctl.cost.advice.saving import Saving, StackCosts, dollars

_RUNS_EACH_5_MINUTES = Decimal(730 * 12)


def advise_canaries(stack: StackCosts) -> Iterator[Saving]:
    """Run canaries each five minutes that run more often, unless the environment is protected.

    There, CKV2_ARQ_11 demands a page within five minutes.
    """
    if stack.is_protected:
        return
    charged, monthly, addresses = Decimal(0), Decimal(0), []
    for canary in stack.of_type("aws_synthetics_canary"):
        runs = stack.components(canary, "synthetics/run")
        if not runs or runs[0].quantity is None or runs[0].quantity <= _RUNS_EACH_5_MINUTES:
            continue
        cost = stack.monthly(canary)
        charged += cost
        monthly += cost * (1 - _RUNS_EACH_5_MINUTES / runs[0].quantity)
        addresses.append(canary.address)
    if addresses:
        yield Saving(
            kind="canaries",
            change=f"Run {len(addresses)} canaries each five minutes",
            monthly=round(monthly, 2),
            calculation=f"part of {dollars(charged)} for runs and their functions",
            trade_off="An outage is found up to four minutes later, so nobody is paged within five minutes.",
            addresses=tuple(addresses),
        )
