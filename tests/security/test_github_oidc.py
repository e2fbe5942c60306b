"""Tests the trust and the permissions of GitHub's roles, by evaluating policies as IAM does."""

import json
from fnmatch import fnmatchcase
from typing import Any

import pytest

from constructs_arq.core.errors import ConfigError
from constructs_arq.core.protocols import EncryptionKey
from constructs_arq.core.stack import Stack
from constructs_arq.security.github_oidc import GithubConfig, GithubOidc
from constructs_arq.security.key import Key
from constructs_arq.storage.bucket import Bucket, LogBucket
from tests.support import Synthesized, statements, synthesize

ROLES = ("plan", "deploy", "publish", "cluster", "audit")
STATE, KEY = "${aws_s3_bucket.state.arn}", "${aws_kms_key.key.arn}"
ACCOUNT = "arn:aws:iam::111122223333"
BOUNDARY = f"{ACCOUNT}:policy/test-delivery-boundary"
ISSUER = "token.actions.githubusercontent.com"


def build(stack: Stack, config: GithubConfig | None = None) -> None:
    key: EncryptionKey = Key(stack, "key", description="Encrypts")
    logs = LogBucket(stack, "logs", retention_days=30)
    state = Bucket(stack, "state", key=key, access_logs=logs, bucket_name="state")
    GithubOidc(
        stack,
        "github",
        state=state,
        permissions_boundary=BOUNDARY,
        config=config or GithubConfig(repository="arq/platform"),
    )


@pytest.fixture(scope="module")
def stack() -> Synthesized:
    return synthesize(build)


def trust(stack: Synthesized, role: str) -> dict[str, Any]:
    return statements(stack.one("aws_iam_role", f"github/{role}/Default")["assume_role_policy"])["Trust"]


def effects(stack: Synthesized, role: str, action: str, on: str) -> set[str]:
    """Return the effects of all inline statements of a role that apply to an action on a resource."""
    return {
        statement["Effect"]
        for path, each in stack.of_type("aws_iam_role_policy").items()
        if path.startswith(f"github/{role}/")
        for statement in json.loads(each["policy"])["Statement"]
        if _applies(statement, action, on)
    }


def _applies(statement: dict[str, Any], action: str, on: str) -> bool:
    if not any(fnmatchcase(action, each) for each in statement["Action"]):
        return False
    if "NotResource" in statement:
        return not any(_resource_matches(each, on) for each in statement["NotResource"])
    return any(_resource_matches(each, on) for each in statement["Resource"])


def _resource_matches(pattern: str, on: str) -> bool:
    # References contain brackets, which are special characters in a glob.
    return fnmatchcase(on.replace("[", "("), pattern.replace("[", "("))


class TestTrust:
    def test_each_role_trusts_exact_subjects_of_one_repository(self, stack: Synthesized) -> None:
        plan = trust(stack, "plan")["Condition"]
        assert plan == {
            "StringEquals": {
                f"{ISSUER}:aud": "sts.amazonaws.com",
                f"{ISSUER}:sub": ["repo:arq/platform:pull_request", "repo:arq/platform:ref:refs/heads/main"],
            }
        }
        for role, suffix in (("deploy", ""), ("publish", "-publish"), ("cluster", "-cluster")):
            subjects = trust(stack, role)["Condition"]["StringEquals"][f"{ISSUER}:sub"]
            assert subjects == [f"repo:arq/platform:environment:test{suffix}"]
        audits = trust(stack, "audit")["Condition"]["StringEquals"][f"{ISSUER}:sub"]
        assert audits == ["repo:arq/platform:ref:refs/heads/main"]

    def test_roles_have_fixed_names_and_a_boundary(self, stack: Synthesized) -> None:
        for name in ROLES:
            role = stack.one("aws_iam_role", f"github/{name}/Default")
            assert (role["name"], role["permissions_boundary"]) == (f"test-github-{name}", BOUNDARY)

    def test_roles_trust_the_provider_of_their_account_only(self, stack: Synthesized) -> None:
        for role in ROLES:
            trusted = trust(stack, role)
            assert trusted["Principal"] == {"Federated": "${aws_iam_openid_connect_provider.github.arn}"}
            assert trusted["Action"] == ["sts:AssumeRoleWithWebIdentity"]
        provider = stack.one("aws_iam_openid_connect_provider")
        assert (provider["url"], provider["client_id_list"]) == (f"https://{ISSUER}", ["sts.amazonaws.com"])

    def test_session_durations(self, stack: Synthesized) -> None:
        hours = {
            role: stack.one("aws_iam_role", f"github/{role}/Default")["max_session_duration"] / 3600
            for role in ROLES
        }
        assert hours == {"plan": 1, "deploy": 4, "publish": 1, "cluster": 2, "audit": 1}

    def test_subjects_with_immutable_ids_are_accepted(self) -> None:
        config = GithubConfig(repository="arq@12/platform@34", branch="release/next")
        subjects = trust(synthesize(lambda stack: build(stack, config)), "plan")["Condition"]["StringEquals"]
        assert "repo:arq@12/platform@34:ref:refs/heads/release/next" in subjects[f"{ISSUER}:sub"]

    @pytest.mark.parametrize(
        "repository", ["arq", "*/*", "arq/*", "arq/platform:*", "arq@1/platform", "a/b/c", "arq/platform\n"]
    )
    def test_patterns_of_repositories_are_rejected(self, repository: str) -> None:
        with pytest.raises(ConfigError, match="repository"):
            GithubConfig(repository=repository)

    @pytest.mark.parametrize("branch", ["*", "main*", "", "/main", "ma?n"])
    def test_patterns_of_branches_are_rejected(self, branch: str) -> None:
        with pytest.raises(ConfigError, match="branch"):
            GithubConfig(repository="arq/platform", branch=branch)


class TestPlan:
    def test_it_reads_the_state_and_no_other_data(self, stack: Synthesized) -> None:
        assert effects(stack, "plan", "s3:GetObject", f"{STATE}/test.tfstate") == {"Allow"}
        assert effects(stack, "plan", "kms:Decrypt", KEY) == {"Allow"}
        assert effects(stack, "plan", "s3:GetObject", "arn:aws:s3:::customers/a") == {"Deny"}
        assert effects(stack, "plan", "kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/b") == {"Deny"}

    @pytest.mark.parametrize(
        "action",
        ["secretsmanager:GetSecretValue", "ssm:GetParameter", "logs:GetLogEvents"],
    )
    def test_reading_data_is_denied(self, stack: Synthesized, action: str) -> None:
        assert effects(stack, "plan", action, "arn:aws:any:eu-west-1:111122223333:thing") == {"Deny"}

    def test_it_writes_nothing(self, stack: Synthesized) -> None:
        policies = stack.of_type("aws_iam_role_policy")
        allowed = {
            action
            for path, each in policies.items()
            if path.startswith("github/plan/")
            for statement in json.loads(each["policy"])["Statement"]
            if statement["Effect"] == "Allow"
            for action in statement["Action"]
        }
        costs = {"ce:GetAnomalyMonitors", "ce:GetCostAndUsage"}
        assert allowed == {"s3:GetObject", "s3:ListBucket", "kms:Decrypt", "kms:DescribeKey", *costs}
        managed = [
            each["policy_arn"]
            for path, each in stack.of_type("aws_iam_role_policy_attachment").items()
            if path.startswith("github/plan/")
        ]
        assert managed == ["arn:aws:iam::aws:policy/ReadOnlyAccess"]


class TestDeploy:
    def test_it_manages_roles_with_the_environments_path(self, stack: Synthesized) -> None:
        for action in ("iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:DeleteRole", "iam:PassRole"):
            assert effects(stack, "deploy", action, f"{ACCOUNT}:role/test/test-api-123") == {"Allow"}
            for name in ("platform-admin", "test-admin", *(f"test-github-{role}" for role in ROLES)):
                assert effects(stack, "deploy", action, f"{ACCOUNT}:role/{name}") == set()

    def test_it_cannot_create_other_access(self, stack: Synthesized) -> None:
        github = f"{ACCOUNT}:oidc-provider/{ISSUER}"
        for action in ("iam:CreateOpenIDConnectProvider", "iam:AddClientIDToOpenIDConnectProvider"):
            assert effects(stack, "deploy", action, github) == set()
        assert effects(stack, "deploy", "iam:CreateUser", f"{ACCOUNT}:user/test-x") == set()

    def test_it_passes_roles_to_known_services_only(self, stack: Synthesized) -> None:
        passing = statements(stack.one("aws_iam_role_policy", "github/deploy/pass-roles")["policy"])
        services = passing["PassRoles"]["Condition"]["StringEquals"]["iam:PassedToService"]
        assert "eks.amazonaws.com" in services
        assert not any("*" in service for service in services)

    def test_it_uses_the_state_but_not_its_versions(self, stack: Synthesized) -> None:
        assert effects(stack, "deploy", "s3:PutObject", f"{STATE}/platform.tfstate") == {"Allow"}
        assert effects(stack, "deploy", "s3:DeleteObjectVersion", f"{STATE}/platform.tfstate") == set()
        assert effects(stack, "deploy", "s3:PutBucketVersioning", STATE) == set()

    @pytest.mark.parametrize("file", ["test.tfstate", "test.tfstate.tflock"])
    def test_it_only_reads_the_state_of_its_own_roles(self, stack: Synthesized, file: str) -> None:
        assert effects(stack, "deploy", "s3:GetObject", f"{STATE}/{file}") == {"Allow"}
        for action in ("s3:PutObject", "s3:DeleteObject"):
            assert "Deny" in effects(stack, "deploy", action, f"{STATE}/{file}")

    def test_it_reads_no_data(self, stack: Synthesized) -> None:
        assert "Deny" in effects(stack, "deploy", "secretsmanager:GetSecretValue", "any")
        assert effects(stack, "deploy", "s3:GetObject", "arn:aws:s3:::customers/a") == {"Deny"}
