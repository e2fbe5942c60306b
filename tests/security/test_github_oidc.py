"""Who gets in from GitHub, and what they may then do: judged as IAM would, statement by statement."""

import json
from fnmatch import fnmatchcase
from typing import Any

import pytest

from constructs_arq.core.contracts import EncryptionKey
from constructs_arq.core.errors import ConfigError
from constructs_arq.core.stack import Stack
from constructs_arq.security.github_oidc import GithubConfig, GithubOidc
from constructs_arq.security.key import Key
from constructs_arq.storage.bucket import Bucket, LogBucket
from tests.support import Synthesized, statements, synthesize

STATE, KEY = "${aws_s3_bucket.state.arn}", "${aws_kms_key.key.arn}"
ACCOUNT = "arn:aws:iam::111122223333"
ISSUER = "token.actions.githubusercontent.com"


def build(stack: Stack, config: GithubConfig | None = None) -> None:
    key: EncryptionKey = Key(stack, "key", purpose="Encrypts")
    logs = LogBucket(stack, "logs", retention_days=30)
    state = Bucket(stack, "state", key=key, access_logs=logs, bucket_name="state")
    GithubOidc(stack, "github", state=state, config=config or GithubConfig(repository="arq/platform"))


@pytest.fixture(scope="module")
def made() -> Synthesized:
    return synthesize(build)


def trust(made: Synthesized, role: str) -> dict[str, Any]:
    return statements(made.one("aws_iam_role", f"github/{role}/Default")["assume_role_policy"])["Trust"]


def verdicts(made: Synthesized, role: str, action: str, on: str) -> set[str]:
    """The effects of all inline statements of a role that an action on a resource meets."""
    return {
        statement["Effect"]
        for path, each in made.of_type("aws_iam_role_policy").items()
        if path.startswith(f"github/{role}/")
        for statement in json.loads(each["policy"])["Statement"]
        if _meets(statement, action, on)
    }


def _meets(statement: dict[str, Any], action: str, on: str) -> bool:
    if not any(fnmatchcase(action, each) for each in statement["Action"]):
        return False
    if "NotResource" in statement:
        return not any(_fits(each, on) for each in statement["NotResource"])
    return any(_fits(each, on) for each in statement["Resource"])


def _fits(pattern: str, on: str) -> bool:
    # References hold brackets and braces that a glob would take for its own.
    return fnmatchcase(on.replace("[", "("), pattern.replace("[", "("))


class TestTrust:
    def test_each_role_is_for_exact_subjects_of_one_repository(self, made: Synthesized) -> None:
        plan, deploy = trust(made, "plan")["Condition"], trust(made, "deploy")["Condition"]
        assert plan == {
            "StringEquals": {
                f"{ISSUER}:aud": "sts.amazonaws.com",
                f"{ISSUER}:sub": ["repo:arq/platform:pull_request", "repo:arq/platform:ref:refs/heads/main"],
            }
        }
        assert deploy["StringEquals"][f"{ISSUER}:sub"] == ["repo:arq/platform:environment:test"]

    def test_they_trust_the_provider_of_their_own_account_only(self, made: Synthesized) -> None:
        for role in ("plan", "deploy"):
            trusted = trust(made, role)
            assert trusted["Principal"] == {"Federated": "${aws_iam_openid_connect_provider.github.arn}"}
            assert trusted["Action"] == ["sts:AssumeRoleWithWebIdentity"]
        provider = made.one("aws_iam_openid_connect_provider")
        assert (provider["url"], provider["client_id_list"]) == (f"https://{ISSUER}", ["sts.amazonaws.com"])

    def test_sessions_end(self, made: Synthesized) -> None:
        hours = {
            role: made.one("aws_iam_role", f"github/{role}/Default")["max_session_duration"] / 3600
            for role in ("plan", "deploy")
        }
        assert hours == {"plan": 1, "deploy": 2}

    def test_subjects_with_ids_that_never_change_are_taken_as_github_writes_them(self) -> None:
        config = GithubConfig(repository="arq@12/platform@34", branch="release/next")
        subjects = trust(synthesize(lambda stack: build(stack, config)), "plan")["Condition"]["StringEquals"]
        assert "repo:arq@12/platform@34:ref:refs/heads/release/next" in subjects[f"{ISSUER}:sub"]

    @pytest.mark.parametrize(
        "repository", ["arq", "*/*", "arq/*", "arq/platform:*", "arq@1/platform", "a/b/c", "arq/platform\n"]
    )
    def test_what_would_trust_more_than_one_repository_is_refused(self, repository: str) -> None:
        with pytest.raises(ConfigError, match="repository"):
            GithubConfig(repository=repository)

    @pytest.mark.parametrize("branch", ["*", "main*", "", "/main", "ma?n"])
    def test_a_branch_is_one_branch(self, branch: str) -> None:
        with pytest.raises(ConfigError, match="branch"):
            GithubConfig(repository="arq/platform", branch=branch)


class TestPlan:
    def test_it_reads_the_state_and_no_other_contents(self, made: Synthesized) -> None:
        assert verdicts(made, "plan", "s3:GetObject", f"{STATE}/test.tfstate") == {"Allow"}
        assert verdicts(made, "plan", "kms:Decrypt", KEY) == {"Allow"}
        assert verdicts(made, "plan", "s3:GetObject", "arn:aws:s3:::customers/a") == {"Deny"}
        assert verdicts(made, "plan", "kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/b") == {"Deny"}

    @pytest.mark.parametrize(
        "action",
        ["secretsmanager:GetSecretValue", "ssm:GetParameter", "dynamodb:Scan", "logs:GetLogEvents"],
    )
    def test_secrets_and_rows_are_denied_whatever_allows_them(self, made: Synthesized, action: str) -> None:
        assert verdicts(made, "plan", action, "arn:aws:any:eu-west-1:111122223333:thing") == {"Deny"}

    def test_it_writes_nothing(self, made: Synthesized) -> None:
        policies = made.of_type("aws_iam_role_policy")
        allowed = {
            action
            for path, each in policies.items()
            if path.startswith("github/plan/")
            for statement in json.loads(each["policy"])["Statement"]
            if statement["Effect"] == "Allow"
            for action in statement["Action"]
        }
        assert allowed == {"s3:GetObject", "s3:ListBucket", "kms:Decrypt", "kms:DescribeKey"}
        managed = [
            each["policy_arn"]
            for path, each in made.of_type("aws_iam_role_policy_attachment").items()
            if path.startswith("github/plan/")
        ]
        assert managed == ["arn:aws:iam::aws:policy/ReadOnlyAccess"]


class TestDeploy:
    def test_it_manages_the_roles_of_its_environment_but_not_those_that_deliver(
        self, made: Synthesized
    ) -> None:
        assert verdicts(made, "deploy", "iam:PutRolePolicy", f"{ACCOUNT}:role/test-api-123") == {"Allow"}
        for action in ("iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:DeleteRole"):
            for role in ("plan", "deploy"):
                names = made.one("aws_iam_role", f"github/{role}/Default")["name_prefix"]
                assert "Deny" in verdicts(made, "deploy", action, f"{ACCOUNT}:role/{names}123")
        assert verdicts(made, "deploy", "iam:PutRolePolicy", f"{ACCOUNT}:role/platform-admin") == set()

    def test_it_can_let_nobody_else_in(self, made: Synthesized) -> None:
        github = f"{ACCOUNT}:oidc-provider/{ISSUER}"
        for action in ("iam:CreateOpenIDConnectProvider", "iam:AddClientIDToOpenIDConnectProvider"):
            assert verdicts(made, "deploy", action, github) == set()
        assert verdicts(made, "deploy", "iam:CreateUser", f"{ACCOUNT}:user/test-x") == set()

    def test_it_passes_roles_to_known_services_only(self, made: Synthesized) -> None:
        passing = statements(made.one("aws_iam_role_policy", "github/deploy/pass-roles")["policy"])
        services = passing["PassRoles"]["Condition"]["StringEquals"]["iam:PassedToService"]
        assert "eks.amazonaws.com" in services
        assert not any("*" in service for service in services)

    def test_it_uses_the_state_and_can_not_undo_it(self, made: Synthesized) -> None:
        assert verdicts(made, "deploy", "s3:PutObject", f"{STATE}/test.tfstate") == {"Allow"}
        assert "Deny" in verdicts(made, "deploy", "s3:DeleteObjectVersion", f"{STATE}/test.tfstate")
        assert "Deny" in verdicts(made, "deploy", "s3:PutBucketVersioning", STATE)
        assert "Deny" in verdicts(made, "deploy", "kms:ScheduleKeyDeletion", KEY)

    def test_it_reads_no_contents_either(self, made: Synthesized) -> None:
        assert "Deny" in verdicts(made, "deploy", "secretsmanager:GetSecretValue", "any")
        assert verdicts(made, "deploy", "s3:GetObject", "arn:aws:s3:::customers/a") == {"Deny"}
