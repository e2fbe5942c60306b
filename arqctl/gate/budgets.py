"""Budgets: a monthly budget must be near the estimated cost of its environment."""

from collections.abc import Iterable

from arqctl.core.assembly import Stack
from arqctl.cost.budget import BudgetComparison, compare_budgets
from arqctl.gate.report import Finding

RULE = "ARQ_BUDGET"


def distant_budgets(stacks: Iterable[Stack]) -> tuple[Finding, ...]:
    """Return a finding for each budget that differs by more than 20 % from the estimate of these stacks.

    A budget that is too high notices nothing, and one that is too low sends a message each month. Nothing is
    compared if a stack can't be read, because its cost is unknown.
    """
    given = tuple(stacks)
    if any(stack.fault for stack in given):
        return ()
    return tuple(_finding(each) for each in compare_budgets(given) if not each.is_close)


def _finding(budget: BudgetComparison) -> Finding:
    return Finding(
        rule=RULE,
        severity="MEDIUM",
        address=budget.block.address,
        path=budget.block.path,
        message=f"{budget}: more than 20 % apart. Set the budget to {budget.suggested}, or change the stack",
        stack=budget.stack,
        link="https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html",
    )
