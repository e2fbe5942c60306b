"""Notifications of budgets."""

from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at
from policies.verdict import Verdict, all_pass, any_passes, is_between, is_one_of, is_set

# The notification, and the percentage of the budget at which it is sent at the latest.
_REQUIRED = {"ACTUAL": 80, "FORECASTED": 100}
_SUBSCRIBERS = ("subscriber_sns_topic_arns", "subscriber_email_addresses")


@rule(
    id="CKV_ARQ_68",
    severity="MEDIUM",
    on=("aws_budgets_budget",),
    why="A budget without these messages only shows afterwards that too much was spent.",
    link="https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-create-subscribers.html",
)
def budget_notifies(budget: Block, _: Stack) -> Verdict:
    """Budgets must notify at 80 % actual and 100 % forecast costs: add notification with subscribers."""
    notifications = budget.blocks("notification")
    return all_pass(
        any_passes(_satisfies(each, kind, percent) for each in notifications)
        for kind, percent in _REQUIRED.items()
    )


def _satisfies(notification: Json, kind: str, percent: int) -> Verdict:
    subscribers = [each for name in _SUBSCRIBERS for each in as_list(at(notification, name))]
    return all_pass(
        [
            is_one_of(at(notification, "notification_type"), [kind]),
            is_one_of(at(notification, "threshold_type"), ["PERCENTAGE"]),
            is_one_of(at(notification, "comparison_operator"), ["GREATER_THAN"]),
            is_between(at(notification, "threshold"), 0, percent),
            any_passes(is_set(each) for each in subscribers),
        ]
    )
