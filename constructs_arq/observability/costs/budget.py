"""The monthly budget of an account."""

from cdktf_cdktf_provider_aws.budgets_budget import (
    BudgetsBudget,
    BudgetsBudgetCostTypes,
    BudgetsBudgetNotification,
)
from constructs import Construct
from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.stack import Stack, logical_name
from constructs_arq.observability.costs.cost_alerts import CostAlerts
from constructs_arq.observability.costs.region import BILLING_REGION

_ACTUAL_PERCENT = 80
_FORECAST_PERCENT = 100


class BudgetConfig(Config):
    """The budget of an account in US dollars a month."""

    monthly_usd: int = Field(ge=1, description="Budget for a month. Take it from an estimate.")


class Budget(Construct):
    """A budget of everything in the account. It sends a message at 80 % spent, and at a forecast of 100 %.

    It counts what an estimate from list prices contains: no tax, no support, and no credits or refunds, which
    would hide what is used. Costs of savings plans and reservations are spread over their term.

    AWS updates costs up to three times a day, and forecasts only after about five weeks of use.
    https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html
    """

    def __init__(self, scope: Construct, id: str, *, alerts: CostAlerts, config: BudgetConfig) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        BudgetsBudget(
            self,
            "Default",
            name=stack.physical_name(logical_name(self)),
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(config.monthly_usd),
            limit_unit="USD",
            cost_types=BudgetsBudgetCostTypes(
                include_credit=False,
                include_refund=False,
                include_support=False,
                include_tax=False,
                use_amortized=True,
            ),
            notification=[
                _notification(alerts, kind, percent)
                for kind, percent in (("ACTUAL", _ACTUAL_PERCENT), ("FORECASTED", _FORECAST_PERCENT))
            ],
            # AWS refuses a topic to which Budgets can't publish.
            depends_on=[alerts.topic_policy],
            provider=stack.provider_in(BILLING_REGION),
        )


def _notification(alerts: CostAlerts, kind: str, percent: int) -> BudgetsBudgetNotification:
    return BudgetsBudgetNotification(
        notification_type=kind,
        comparison_operator="GREATER_THAN",
        threshold=percent,
        threshold_type="PERCENTAGE",
        subscriber_sns_topic_arns=[alerts.topic_arn],
    )
