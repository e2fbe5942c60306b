"""Who gets in from GitLab. What they may then do is the same as from GitHub."""

import json
from typing import Any

import pytest

from constructs_arq.core.errors import ConfigError
from constructs_arq.core.stack import Stack
from constructs_arq.security.gitlab_oidc import GitlabConfig, GitlabOidc
from constructs_arq.security.key import Key
from constructs_arq.storage.bucket import Bucket, LogBucket
from tests.security.test_github_oidc import build as build_github
from tests.support import Synthesized, statements, synthesize

CONFIG = GitlabConfig(project="arq/infrastructure/platform")


def build(stack: Stack, config: GitlabConfig = CONFIG) -> None:
    logs = LogBucket(stack, "logs", retention_days=30)
    key = Key(stack, "key", purpose="Encrypts")
    state = Bucket(stack, "state", key=key, access_logs=logs, bucket_name="state")
    GitlabOidc(stack, "gitlab", state=state, config=config)


@pytest.fixture(scope="module")
def made() -> Synthesized:
    return synthesize(build)


def trust(made: Synthesized, role: str) -> dict[str, Any]:
    return statements(made.one("aws_iam_role", f"gitlab/{role}/Default")["assume_role_policy"])["Trust"]


def policies(made: Synthesized, forge: str) -> dict[str, Any]:
    """What the roles may do, by role and purpose."""
    return {
        path.removeprefix(f"{forge}/"): json.loads(each["policy"].replace(f"test-{forge}-", "test-forge-"))
        for path, each in made.of_type("aws_iam_role_policy").items()
        if path.startswith(f"{forge}/")
    }


def test_only_the_protected_branch_deploys_and_every_branch_of_the_project_plans(made: Synthesized) -> None:
    branches = "project_path:arq/infrastructure/platform:ref_type:branch:ref"
    assert trust(made, "deploy")["Condition"] == {
        "StringEquals": {"gitlab.com:aud": "sts.amazonaws.com", "gitlab.com:sub": f"{branches}:main"}
    }
    assert trust(made, "plan")["Condition"] == {
        "StringLike": {"gitlab.com:aud": "sts.amazonaws.com", "gitlab.com:sub": f"{branches}:*"}
    }


def test_they_trust_the_provider_of_their_own_account_and_gitlab_only(made: Synthesized) -> None:
    for role in ("plan", "deploy"):
        assert trust(made, role)["Principal"] == {
            "Federated": "${aws_iam_openid_connect_provider.gitlab.arn}"
        }
        assert trust(made, role)["Action"] == ["sts:AssumeRoleWithWebIdentity"]
    provider = made.one("aws_iam_openid_connect_provider")
    assert (provider["url"], provider["client_id_list"]) == ("https://gitlab.com", ["sts.amazonaws.com"])


def test_another_host_is_another_issuer() -> None:
    config = GitlabConfig(project="arq/platform", host="gitlab.arq.example", branch="release/next")
    own = synthesize(lambda stack: build(stack, config))
    assert own.one("aws_iam_openid_connect_provider")["url"] == "https://gitlab.arq.example"
    assert trust(own, "deploy")["Condition"]["StringEquals"]["gitlab.arq.example:sub"].endswith(
        ":ref:release/next"
    )


def test_its_roles_may_what_those_of_github_may(made: Synthesized) -> None:
    assert policies(made, "gitlab") == policies(synthesize(build_github), "github") != {}


@pytest.mark.parametrize(
    "project", ["platform", "*/*", "arq/*", "arq/platform:*", "/arq/platform", "arq//platform"]
)
def test_what_would_trust_more_than_one_project_is_refused(project: str) -> None:
    with pytest.raises(ConfigError, match="project"):
        GitlabConfig(project=project)


@pytest.mark.parametrize("branch", ["*", "main*", "", "ma?n"])
def test_a_branch_is_one_branch(branch: str) -> None:
    with pytest.raises(ConfigError, match="branch"):
        GitlabConfig(project="arq/platform", branch=branch)
