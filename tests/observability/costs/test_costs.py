"""Budget, anomalies and tags: whom they notify, and which services may publish."""

import pytest

from constructs_arq.core.errors import ConfigError
from constructs_arq.core.stack import Stack
from constructs_arq.observability.costs.budget import Budget, BudgetConfig
from constructs_arq.observability.costs.cost_alerts import CostAlerts
from constructs_arq.observability.costs.cost_allocation_tags import CostAllocationTags
from constructs_arq.observability.costs.cost_anomalies import CostAnomalies, CostAnomaliesConfig
from constructs_arq.observability.subscribers import Subscribers
from tests.support import Synthesized, statements, synthesize

ACCOUNT = "111122223333"
MONITOR = f"arn:aws:ce::{ACCOUNT}:anomalymonitor/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"
SOURCES = {
    "budgets.amazonaws.com": f"arn:aws:budgets::{ACCOUNT}:*",
    "costalerts.amazonaws.com": f"arn:aws:ce::{ACCOUNT}:anomalysubscription/*",
}


def build(stack: Stack, monitor_arn: str | None = None) -> None:
    alerts = CostAlerts(stack, "alerts", subscribers=Subscribers(emails=("costs@example.com",)))
    Budget(stack, "budget", alerts=alerts, config=BudgetConfig(monthly_usd=2300))
    CostAnomalies(
        stack,
        "anomalies",
        alerts=alerts,
        config=CostAnomaliesConfig(impact_usd=46, monitor_arn=monitor_arn),
    )


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build)


def test_all_parts_are_in_the_region_of_billing(synthesized: Synthesized) -> None:
    types = ("aws_budgets_budget", "aws_ce_anomaly_monitor", "aws_ce_anomaly_subscription")
    for type_ in (*types, "aws_kms_key", "aws_sns_topic", "aws_sns_topic_policy"):
        assert synthesized.one(type_)["provider"] == "aws.us-east-1", type_


def test_only_billing_services_of_this_account_publish(synthesized: Synthesized) -> None:
    policy = statements(synthesized.one("aws_sns_topic_policy")["policy"])
    allowed = {each["Principal"]["Service"]: each for each in policy.values() if each["Effect"] == "Allow"}
    assert {service: each["Condition"] for service, each in allowed.items()} == {
        service: {
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
            "ArnLike": {"aws:SourceArn": source},
        }
        for service, source in SOURCES.items()
    }


def test_both_services_may_use_the_key_of_the_topic(synthesized: Synthesized) -> None:
    key = statements(synthesized.one("aws_kms_key")["policy"])
    found = {
        each["Principal"]["Service"]: (each["Condition"], "kms:GenerateDataKey*" in each["Action"])
        for each in key.values()
        if "Service" in each["Principal"]
    }
    own_account = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    assert found == dict.fromkeys(SOURCES, (own_account, True))


def test_the_budget_notifies_at_80_percent_spent_and_100_percent_forecast(synthesized: Synthesized) -> None:
    budget = synthesized.one("aws_budgets_budget")
    assert (budget["limit_amount"], budget["limit_unit"]) == ("2300", "USD")
    assert "cost_filter" not in budget
    assert {(each["notification_type"], each["threshold"]) for each in budget["notification"]} == {
        ("ACTUAL", 80),
        ("FORECASTED", 100),
    }
    assert all(each["subscriber_sns_topic_arns"] for each in budget["notification"])


def test_credits_and_taxes_do_not_count(synthesized: Synthesized) -> None:
    types = synthesized.one("aws_budgets_budget")["cost_types"]
    excluded = {name for name, value in types.items() if value is False}
    assert excluded == {"include_credit", "include_refund", "include_support", "include_tax"}


def test_publishers_wait_for_the_policy_of_the_topic(synthesized: Synthesized) -> None:
    for type_ in ("aws_budgets_budget", "aws_ce_anomaly_subscription"):
        (needed,) = synthesized.one(type_)["depends_on"]
        assert needed.startswith("aws_sns_topic_policy.")


def test_an_immediate_message_goes_to_the_topic_only(synthesized: Synthesized) -> None:
    subscription = synthesized.one("aws_ce_anomaly_subscription")
    assert subscription["frequency"] == "IMMEDIATE"
    assert [each["type"] for each in subscription["subscriber"]] == ["SNS"]
    assert subscription["threshold_expression"]["dimension"]["values"] == ["46"]


def test_an_existing_monitor_is_used_and_none_is_made() -> None:
    synthesized = synthesize(lambda stack: build(stack, MONITOR))
    assert synthesized.of_type("aws_ce_anomaly_monitor") == {}
    assert synthesized.one("aws_ce_anomaly_subscription")["monitor_arn_list"] == [MONITOR]


def test_a_wrong_arn_of_a_monitor_is_refused() -> None:
    with pytest.raises(ConfigError, match="monitor_arn"):
        CostAnomaliesConfig(impact_usd=1, monitor_arn="arn:aws:ce::1:anomalymonitor/x")


def test_tags_of_stacks_divide_the_bill() -> None:
    synthesized = synthesize(lambda stack: CostAllocationTags(stack, "tags"))
    tags = {
        each["tag_key"]: each["status"] for each in synthesized.of_type("aws_ce_cost_allocation_tag").values()
    }
    assert tags == dict.fromkeys(("cost-center", "environment", "owner", "project"), "Active")
