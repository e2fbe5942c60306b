"""Tests that the CI/CD roles can deploy the environments' stacks, and can't weaken their own limits."""

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"
ENVIRONMENTS = ("dev", "staging", "production")
OWN = "arn:aws:iam::111122223333"


def blocks(stack: str, type_: str, kind: str = "resource") -> list[dict[str, Any]]:
    found = json.loads((SNAPSHOTS / f"{stack}.json").read_text()).get(kind, {}).get(type_, {})
    return list(found.values())


def effects(environment: str, role: str, action: str, on: str) -> set[str]:
    """Return the effects of all inline statements of a role that apply to an action on a resource."""
    return {
        statement["Effect"]
        for policy in blocks(f"{environment}-account", "aws_iam_role_policy")
        if f".delivery_{role}_" in policy["role"]
        for statement in json.loads(policy["policy"])["Statement"]
        if any(fnmatchcase(action, each) for each in statement["Action"])
        and any(fnmatchcase(on, each) for each in statement.get("Resource", ["*"]))
        and not any(fnmatchcase(on, each) for each in statement.get("NotResource", []))
    }


@pytest.mark.parametrize("environment", ENVIRONMENTS)
class TestDeploymentOfStacks:
    @pytest.mark.parametrize("role", ["plan", "deploy"])
    def test_parameters_in_a_plan_are_readable(self, environment: str, role: str) -> None:
        used = [each["name"] for each in blocks(environment, "aws_ssm_parameter", "data")]
        for name in (*used, "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"):
            public = f"arn:aws:ssm:eu-west-1::parameter{name}"
            assert "Deny" not in effects(environment, role, "ssm:GetParameter", public)

    @pytest.mark.parametrize("role", ["plan", "deploy"])
    @pytest.mark.parametrize("name", ["ledger/password", "aws/service/ledger"])
    def test_the_accounts_parameters_are_not_readable(self, environment: str, role: str, name: str) -> None:
        own = f"arn:aws:ssm:eu-west-1:111122223333:parameter/{name}"
        assert effects(environment, role, "ssm:GetParameter", own) == {"Deny"}

    def test_roles_can_be_passed_to_all_services_that_use_them(self, environment: str) -> None:
        trusted = {
            statement["Principal"]["Service"]
            for each in blocks(environment, "aws_iam_role")
            for statement in json.loads(each["assume_role_policy"])["Statement"]
        }
        (passing,) = [
            statement
            for policy in blocks(f"{environment}-account", "aws_iam_role_policy")
            if policy["name"] == "pass-roles"
            for statement in json.loads(policy["policy"])["Statement"]
        ]
        assert trusted <= set(passing["Condition"]["StringEquals"]["iam:PassedToService"])

    def test_the_stacks_roles_can_be_created_and_passed(self, environment: str) -> None:
        for each in blocks(environment, "aws_iam_role"):
            role = f"{OWN}:role/{each['name_prefix']}1"
            for action in ("iam:CreateRole", "iam:PassRole", "iam:PutRolePolicy", "iam:DeleteRole"):
                pattern = role.replace("111122223333", _account(environment))
                assert effects(environment, "deploy", action, pattern) == {"Allow"}

    def test_service_linked_roles_can_be_passed_to_autoscaling_groups(self, environment: str) -> None:
        name = f"AWSServiceRoleForAutoScaling_{environment}-workers"
        path = "role/aws-service-role/autoscaling.amazonaws.com"
        role = f"arn:aws:iam::{_account(environment)}:{path}/{name}"
        assert effects(environment, "deploy", "iam:PassRole", role) == {"Allow"}


class TestLimits:
    @pytest.mark.parametrize(
        "action", ["cloudtrail:StopLogging", "guardduty:DeleteDetector", "config:StopConfigurationRecorder"]
    )
    def test_audit_services_cannot_be_stopped(self, action: str) -> None:
        assert effects("production", "deploy", action, "arn:aws:any") == {"Deny"}

    @pytest.mark.parametrize("action", ["s3:PutBucketAcl", "s3:PutObjectAcl", "s3:PutInventoryConfiguration"])
    def test_the_state_cannot_be_shared(self, action: str) -> None:
        (document,) = [
            json.loads(policy["policy"])["Statement"][0]
            for policy in blocks("production-account", "aws_iam_role_policy")
            if policy["name"] == "leave-state-alone"
        ]
        assert document["Effect"] == "Deny"
        assert action in document["Action"]

    @pytest.mark.parametrize("role", ["deploy", "plan"])
    def test_a_roles_policies_fit_iams_quota(self, role: str) -> None:
        """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
        policies = [
            "".join(each["policy"].split())
            for each in blocks("production-account", "aws_iam_role_policy")
            if f".delivery_{role}_" in each["role"]
        ]
        assert 0 < sum(map(len, policies)) <= 10_240


def _account(environment: str) -> str:
    (provider, *_) = json.loads((SNAPSHOTS / f"{environment}.json").read_text())["provider"]["aws"]
    account: str = provider["allowed_account_ids"][0]
    return account
