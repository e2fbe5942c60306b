"""Budgets."""

from policies.stack import Json
from tests.policies.cases.example import Bodies, Example
from tests.policies.mutations import add_resource, regression

ACTUAL: dict[str, Json] = {
    "notification_type": "ACTUAL",
    "comparison_operator": "GREATER_THAN",
    "threshold": 80,
    "threshold_type": "PERCENTAGE",
    "subscriber_sns_topic_arns": ["${aws_sns_topic.costs.arn}"],
}
FORECAST: dict[str, Json] = {
    **ACTUAL,
    "notification_type": "FORECASTED",
    "threshold": 100,
    "subscriber_email_addresses": ["costs@example.com"],
    "subscriber_sns_topic_arns": [],
}
BUDGET: dict[str, Json] = {"budget_type": "COST", "time_unit": "MONTHLY", "limit_amount": "2000"}
ACCOUNT: Bodies = {
    "provider.aws": {"region": "eu-west-1"},
    "backend.s3": {"key": "production-account.tfstate"},
}


def budget(*notifications: Json) -> Bodies:
    return {"aws_budgets_budget.it": {**BUDGET, "notification": list(notifications)}}


def account(**budget: Json) -> Bodies:
    return {**ACCOUNT, "aws_budgets_budget.it": {**BUDGET, **budget}}


EXAMPLES = (
    Example(
        "CKV_ARQ_68",
        passes=(budget(ACTUAL, FORECAST), budget({**ACTUAL, "threshold": 50}, FORECAST, ACTUAL)),
        fails=(
            budget(),
            budget(ACTUAL),
            budget(FORECAST),
            budget({**ACTUAL, "threshold": 90}, FORECAST),
            budget(ACTUAL, {**FORECAST, "threshold": 120}),
            budget({**ACTUAL, "threshold_type": "ABSOLUTE_VALUE"}, FORECAST),
            budget({**ACTUAL, "comparison_operator": "LESS_THAN"}, FORECAST),
            budget(ACTUAL, {**FORECAST, "subscriber_email_addresses": []}),
        ),
        unknown=(
            budget({**ACTUAL, "threshold": "${var.percent}"}, FORECAST),
            budget({**ACTUAL, "subscriber_sns_topic_arns": ["${var.topic}"]}, FORECAST),
        ),
    ),
    Example(
        "CKV2_ARQ_18",
        passes=(account(),),
        fails=(
            ACCOUNT,
            {"provider.aws": {}, "aws_s3_account_public_access_block.it": {}},
            account(budget_type="USAGE"),
            account(time_unit="DAILY"),
            account(cost_filter=[{"name": "Service", "values": ["Amazon EC2"]}]),
        ),
        unknown=(account(time_unit="${var.unit}"),),
        not_applicable=({"provider.aws": {"region": "eu-west-1"}},),
    ),
)

REGRESSIONS = (
    regression(
        "budget that notifies nobody", add_resource("aws_budgets_budget", lambda _: {**BUDGET}), "CKV_ARQ_68"
    ),
    regression(
        "account without a budget",
        add_resource(
            "aws_s3_account_public_access_block",
            lambda _: {"block_public_acls": True},
            reported_at=lambda _: "provider.aws",
        ),
        "CKV2_ARQ_18",
    ),
)
