"""Tests the trust of GitLab's roles. Their permissions equal those of GitHub's roles."""

import json
from typing import Any

import pytest

from constructs_arq.core.errors import ConfigError
from constructs_arq.core.stack import Stack
from constructs_arq.security.gitlab_oidc import GitlabConfig, GitlabOidc
from constructs_arq.security.key import Key
from constructs_arq.storage.bucket import Bucket, LogBucket
from tests.security.test_github_oidc import BOUNDARY
from tests.security.test_github_oidc import build as build_github
from tests.support import Synthesized, statements, synthesize

CONFIG = GitlabConfig(project="arq/infrastructure/platform")


def build(stack: Stack, config: GitlabConfig = CONFIG) -> None:
    logs = LogBucket(stack, "logs", retention_days=30)
    key = Key(stack, "key", description="Encrypts")
    state = Bucket(stack, "state", key=key, access_logs=logs, bucket_name="state")
    GitlabOidc(stack, "gitlab", state=state, permissions_boundary=BOUNDARY, config=config)


@pytest.fixture(scope="module")
def stack() -> Synthesized:
    return synthesize(build)


def trust(stack: Synthesized, role: str) -> dict[str, Any]:
    return statements(stack.one("aws_iam_role", f"gitlab/{role}/Default")["assume_role_policy"])["Trust"]


def policies(stack: Synthesized, forge: str) -> dict[str, Any]:
    """Return the roles' policies, by role and policy name."""
    return {
        path.removeprefix(f"{forge}/"): json.loads(each["policy"].replace(f"test-{forge}-", "test-forge-"))
        for path, each in stack.of_type("aws_iam_role_policy").items()
        if path.startswith(f"{forge}/")
    }


def test_the_protected_branch_deploys_and_all_branches_plan(stack: Synthesized) -> None:
    branches = "project_path:arq/infrastructure/platform:ref_type:branch:ref"
    assert trust(stack, "deploy")["Condition"] == {
        "StringEquals": {"gitlab.com:aud": "sts.amazonaws.com", "gitlab.com:sub": f"{branches}:main"}
    }
    assert trust(stack, "plan")["Condition"] == {
        "StringLike": {"gitlab.com:aud": "sts.amazonaws.com", "gitlab.com:sub": f"{branches}:*"}
    }


def test_roles_trust_the_provider_of_their_account_only(stack: Synthesized) -> None:
    for role in ("plan", "deploy"):
        assert trust(stack, role)["Principal"] == {
            "Federated": "${aws_iam_openid_connect_provider.gitlab.arn}"
        }
        assert trust(stack, role)["Action"] == ["sts:AssumeRoleWithWebIdentity"]
    provider = stack.one("aws_iam_openid_connect_provider")
    assert (provider["url"], provider["client_id_list"]) == ("https://gitlab.com", ["sts.amazonaws.com"])


def test_the_host_is_the_issuer() -> None:
    config = GitlabConfig(project="arq/platform", host="gitlab.arq.example", branch="release/next")
    own = synthesize(lambda stack: build(stack, config))
    assert own.one("aws_iam_openid_connect_provider")["url"] == "https://gitlab.arq.example"
    assert trust(own, "deploy")["Condition"]["StringEquals"]["gitlab.arq.example:sub"].endswith(
        ":ref:release/next"
    )


def test_roles_have_the_permissions_of_githubs_roles(stack: Synthesized) -> None:
    assert policies(stack, "gitlab") == policies(synthesize(build_github), "github") != {}


@pytest.mark.parametrize(
    "project", ["platform", "*/*", "arq/*", "arq/platform:*", "/arq/platform", "arq//platform"]
)
def test_patterns_of_projects_are_rejected(project: str) -> None:
    with pytest.raises(ConfigError, match="project"):
        GitlabConfig(project=project)


@pytest.mark.parametrize("branch", ["*", "main*", "", "ma?n"])
def test_patterns_of_branches_are_rejected(branch: str) -> None:
    with pytest.raises(ConfigError, match="branch"):
        GitlabConfig(project="arq/platform", branch=branch)
