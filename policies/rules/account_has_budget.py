"""Budgets of accounts."""

from policies.audit_services import is_of_account
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, all_pass, any_passes, is_one_of, pass_if


@rule(
    id="CKV2_ARQ_18",
    severity="MEDIUM",
    on=("aws",),
    why="Nobody notices a forgotten or a stolen resource before the bill, a month later.",
    link="https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html",
)
def account_has_budget(_: Block, stack: Stack) -> Verdict:
    """Account stacks must have a monthly budget of all its costs: add a Budget."""
    if not is_of_account(stack):
        return Verdict.NOT_APPLICABLE
    return any_passes(_covers_account(each) for each in stack.of_type("aws_budgets_budget"))


def _covers_account(budget: Block) -> Verdict:
    return all_pass(
        [
            is_one_of(budget.get("budget_type"), ["COST"]),
            is_one_of(budget.get("time_unit"), ["MONTHLY"]),
            pass_if(not budget.blocks("cost_filter")),
        ]
    )
