import json

import pytest

from constructs_arq.compute.delivery_runner import DeliveryRunner
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.nat import Nat
from constructs_arq.network.network import Network
from constructs_arq.security.github_connection import GithubConnection
from constructs_arq.security.role import Role, Trust
from tests.support import Synthesized, synthesize


def build(stack: Stack, repository: str = "arq/platform", nat: Nat = Nat.SINGLE) -> None:
    network = Network(
        stack, "network", config=NetworkConfig(cidr="10.40.0.0/16", zones=("euw1-az1", "euw1-az2"), nat=nat)
    )
    DeliveryRunner(
        stack,
        "runner",
        subnets=network.private,
        repository=repository,
        workflows=("cluster", "cluster-audit"),
        connection_name="test-github",
    )


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build)


def test_only_queued_jobs_of_the_workflows_start_a_container(synthesized: Synthesized) -> None:
    webhook = synthesized.one("aws_codebuild_webhook")
    [group] = webhook["filter_group"]
    assert group["filter"] == [
        {"type": "EVENT", "pattern": "WORKFLOW_JOB_QUEUED"},
        {"type": "WORKFLOW_NAME", "pattern": r"^(cluster|cluster\-audit)$"},
    ]
    assert webhook["project_name"] == "${aws_codebuild_project.runner.name}"


def test_containers_run_unprivileged_in_the_private_subnets(synthesized: Synthesized) -> None:
    project = synthesized.one("aws_codebuild_project")
    assert project["name"] == "test-runner"
    assert project["environment"]["privileged_mode"] is False
    assert (project["environment"]["type"], project["environment"]["image"]) == (
        "ARM_CONTAINER",
        "aws/codebuild/amazonlinux-aarch64-standard:3.0",
    )
    subnets = project["vpc_config"]["subnets"]
    assert len(subnets) == 2
    assert all("private" in subnet for subnet in subnets)
    groups = project["vpc_config"]["security_group_ids"]
    assert [group.partition(".")[0] for group in groups] == ["${aws_security_group"]


def test_subnets_without_nat_are_refused_with_the_fix() -> None:
    """https://docs.aws.amazon.com/codebuild/latest/userguide/vpc-support.html"""
    with pytest.raises(ConstructError, match=r"runner: runners need the internet.*Use nat=Nat\.SINGLE"):
        synthesize(lambda stack: build(stack, nat=Nat.NONE))


def test_the_project_waits_for_the_routes(synthesized: Synthesized) -> None:
    waits_for = synthesized.one("aws_codebuild_project")["depends_on"]
    assert any(address.startswith("aws_route.network_private") for address in waits_for)


def test_the_plan_fails_if_the_role_with_the_runners_name_is_missing(synthesized: Synthesized) -> None:
    [(label, role)] = synthesized.json["data"]["aws_iam_role"].items()
    assert role["name"] == "test-runner"
    project = synthesized.one("aws_codebuild_project")
    assert project["service_role"] == f"${{data.aws_iam_role.{label}.arn}}"


def test_the_plan_fails_until_somebody_authorizes_the_connection(synthesized: Synthesized) -> None:
    [connection] = synthesized.json["data"]["aws_codestarconnections_connection"].values()
    [condition] = connection["lifecycle"]["postcondition"]
    assert connection["name"] == "test-github"
    assert condition["condition"] == '${self.connection_status == "AVAILABLE"}'
    assert "The connection test-github is not authorized" in condition["error_message"]


def test_the_connection_has_the_name_of_its_environment() -> None:
    synthesized = synthesize(lambda stack: GithubConnection(stack, "github"))
    connection = synthesized.one("aws_codestarconnections_connection")
    assert (connection["name"], connection["provider_type"]) == ("test-github", "GitHub")
    assert "provider" not in connection


def test_a_connection_in_another_region_is_passed_beside_the_own_one() -> None:
    def build_both(stack: Stack) -> None:
        role = Role(stack, "deploy", description="Deploys", trust=Trust.service("ec2.amazonaws.com"))
        other = GithubConnection(stack, "standby-github", region="eu-central-1")
        GithubConnection(stack, "github").grant_pass(role, other)

    synthesized = synthesize(build_both)
    found = synthesized.of_type("aws_codestarconnections_connection").values()
    assert {each["name"]: each.get("provider") for each in found} == {
        "test-github": None,
        "test-standby-github": "aws.eu-central-1",
    }
    policy = synthesized.one("aws_iam_role_policy")
    assert json.loads(policy["policy"])["Statement"][0]["Resource"] == [
        f"${{aws_codestarconnections_connection.{label}.arn}}" for label in ("github", "standby-github")
    ]


@pytest.mark.parametrize("repository", ["arq/platform", "arq@123/platform@456"])
def test_the_repository_can_have_immutable_ids(repository: str) -> None:
    project = synthesize(lambda stack: build(stack, repository)).one("aws_codebuild_project")
    assert project["source"]["location"] == "https://github.com/arq/platform.git"
    assert project["source"]["auth"]["type"] == "CODECONNECTIONS"
    assert json.dumps(project["source"]["auth"]["resource"]).count("data.aws_codestarconnections") == 1
