"""Tests of the account stack with real Terraform: it adopts service-linked roles that exist."""

from pathlib import Path

import pytest

from tests.arqctl.offline.offline_stacks import Document, OfflineStack, prepare_environment

pytestmark = pytest.mark.slow

AUTOSCALING = "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
# The role of an autoscaling group has the same path.
OF_A_GROUP = f"{AUTOSCALING}_production-workers"
ROLE = "aws_iam_service_linked_role"


def actions(plan: Document, *, importing: bool) -> dict[str, list[str]]:
    """Return the actions on service-linked roles by service, for those that are imported or not."""
    return {
        each["change"]["after"]["aws_service_name"]: each["change"]["actions"]
        for each in plan["resource_changes"]
        if each["type"] == ROLE and ("importing" in each["change"]) is importing
    }


def prepare(folder: Path, *existing_roles: str) -> OfflineStack:
    return prepare_environment(folder, "production-account", existing_roles=existing_roles)


def test_all_roles_are_created_in_an_empty_account(tmp_path: Path) -> None:
    stack = prepare(tmp_path)
    plan = stack.plan_json()
    assert actions(plan, importing=True) == {}
    created = actions(plan, importing=False)
    assert created["rds.amazonaws.com"] == ["create"]
    assert len(created) == 14
    stack.apply()
    assert {each["change"]["actions"][0] for each in stack.plan_json()["resource_changes"]} == {"no-op"}


def test_an_existing_role_is_imported(tmp_path: Path) -> None:
    stack = prepare(tmp_path, AUTOSCALING, OF_A_GROUP)
    plan = stack.plan_json()
    # Its tags change.
    assert actions(plan, importing=True) == {"autoscaling.amazonaws.com": ["update"]}
    assert len(actions(plan, importing=False)) == 13
    stack.apply()
    assert {each["change"]["actions"][0] for each in stack.plan_json()["resource_changes"]} == {"no-op"}
