"""A budget far from the estimate is a finding, with the estimate and the value to write."""

import pytest

from tests.arqctl.projects import Body, Project

BUDGET: Body = {"budget_type": "COST", "time_unit": "MONTHLY", "limit_amount": "4"}
KEYS: dict[str, Body] = {"aws_kms_key": {"a": {}, "b": {}, "c": {}, "d": {}}}
PROVIDERS = {"aws": [{"region": "eu-west-1"}]}


def findings(project: Project, **changed: object) -> list[str]:
    """Return the messages on a budget in another stack than the keys, which cost $4.12."""
    project.stack("dev", KEYS, provider=PROVIDERS)
    project.stack("dev-account", {"aws_budgets_budget": {"all": {**BUDGET, **changed}}}, provider=PROVIDERS)
    return [each.message for each in project.evaluated().findings if each.rule == "ARQ_BUDGET"]


@pytest.mark.parametrize("limit", ["4", "3.3", "4.9"])
def test_a_budget_within_a_fifth_of_the_estimate_passes(project: Project, limit: str) -> None:
    assert findings(project, limit_amount=limit) == []


@pytest.mark.parametrize("limit", ["3.2", "5.0", "400"])
def test_a_distant_budget_is_a_finding_with_the_value_to_write(project: Project, limit: str) -> None:
    assert findings(project, limit_amount=limit) == [
        f"The budget is ${limit} a month, and the estimate is $4.12: more than 20 % apart. "
        "Set the budget to 4, or change the stack"
    ]


def test_a_limit_that_only_terraform_knows_is_a_finding(project: Project) -> None:
    (message,) = findings(project, limit_amount="${var.limit}")
    assert "is not a literal number" in message


@pytest.mark.parametrize(
    "changed",
    [
        {"budget_type": "USAGE"},
        {"time_unit": "DAILY"},
        {"cost_filter": [{"name": "Service", "values": ["S3"]}]},
    ],
)
def test_a_budget_of_something_else_is_not_compared(project: Project, changed: dict[str, object]) -> None:
    assert findings(project, limit_amount="400", **changed) == []


def test_a_waiver_accepts_a_distant_budget(project: Project) -> None:
    project.waive(rule="ARQ_BUDGET", path="dev-account/*")
    assert findings(project, limit_amount="400") == []
