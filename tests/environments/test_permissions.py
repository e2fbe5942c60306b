"""Tests of actions and condition keys in policies against IAM's lists: AWS accepts misspelled ones.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from botocore.session import get_session
from policy_sentry.querying.actions import get_actions_for_service
from policy_sentry.querying.conditions import get_condition_keys_for_service

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
GLOBAL_KEYS = {
    "aws:FederatedProvider",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:RequestTag",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:ResourceTag",
    "aws:SecureTransport",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:TagKeys",
}

# Condition keys that AWS derives from an identity provider's token.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
GITHUB_KEYS = {"token.actions.githubusercontent.com:aud", "token.actions.githubusercontent.com:sub"}
# Newer than both lists: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Operations.html,
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEBSCSIDriverPolicyV2.html and
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogObject.html
NEW_ACTIONS = {
    "codebuild:StartCommandExecution",
    "codebuild:StartSandbox*",
    "ec2:CopyVolumes",
    "logs:GetLogObject",
}


@pytest.fixture(scope="module")
def statements(assembly_dir: Path) -> list[dict[str, Any]]:
    return [
        statement
        for stack in sorted(assembly_dir.glob("stacks/*/cdk.tf.json"))
        for document in policy_documents(json.loads(stack.read_text()))
        for statement in document["Statement"]
    ]


def policy_documents(value: object) -> Iterator[dict[str, Any]]:
    """Yield all policy documents in a stack."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from policy_documents(item)
    elif isinstance(value, str) and '"Statement"' in value:
        yield json.loads(value)


@pytest.mark.slow
def test_actions_exist(statements: list[dict[str, Any]]) -> None:
    actions = {
        action
        for statement in statements
        for action in (*statement.get("Action", ()), *statement.get("NotAction", ()))
    }
    assert "rds-db:connect" in actions
    unknown = {action for action in actions if action != "*" and not is_known(action)}
    assert unknown == set()


def is_known(action: str) -> bool:
    service, _, name = action.partition(":")
    known = {each.partition(":")[2] for each in get_actions_for_service(service)} | operations(service)
    return action in NEW_ACTIONS or any(fnmatchcase(each.lower(), name.lower()) for each in known)


def operations(service: str) -> set[str]:
    """Return the operations of an API. They are also actions, some newer than IAM's list."""
    session = get_session()
    if service not in session.get_available_services():
        return set()
    return set(session.get_service_model(service).operation_names)


def test_condition_keys_exist(statements: list[dict[str, Any]]) -> None:
    keys = {
        key for statement in statements for tests in statement.get("Condition", {}).values() for key in tests
    }
    assert "aws:SourceAccount" in keys
    assert {key for key in keys if not is_known_key(key)} == set()


def is_known_key(key: str) -> bool:
    if key.startswith("aws:"):
        return key.partition("/")[0] in GLOBAL_KEYS
    if key in GITHUB_KEYS:
        return True
    service = key.partition(":")[0]
    # Some keys end in a custom part, which the list shows as a variable.
    return any(
        key == known or ("${" in known and key.startswith(known.partition("${")[0]))
        for known in get_condition_keys_for_service(service)
    )
