import json
from typing import Any

import pytest

from constructs_arq.compute.delivery_runner import DeliveryRunner
from constructs_arq.core.stack import Stack
from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.network import Network
from constructs_arq.security.github_connection import GithubConnection
from tests.support import Synthesized, statements, synthesize


def build(stack: Stack, repository: str = "arq/platform") -> None:
    network = Network(
        stack, "network", config=NetworkConfig(cidr="10.40.0.0/16", zones=("euw1-az1", "euw1-az2"))
    )
    DeliveryRunner(
        stack,
        "runner",
        subnets=network.private,
        repository=repository,
        workflow="cluster",
        connection_name="test-github",
    )


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize(build)


@pytest.fixture(scope="module")
def permissions(synthesized: Synthesized) -> dict[str, dict[str, Any]]:
    return {
        sid: statement
        for path, policy in synthesized.of_type("aws_iam_role_policy").items()
        if path.startswith("runner/role/")
        for sid, statement in statements(policy["policy"]).items()
    }


def test_only_queued_jobs_of_the_workflow_start_a_container(synthesized: Synthesized) -> None:
    webhook = synthesized.one("aws_codebuild_webhook")
    [group] = webhook["filter_group"]
    assert group["filter"] == [
        {"type": "EVENT", "pattern": "WORKFLOW_JOB_QUEUED"},
        {"type": "WORKFLOW_NAME", "pattern": "^cluster$"},
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


def test_the_project_waits_for_its_role_and_for_the_routes(synthesized: Synthesized) -> None:
    waits_for = synthesized.one("aws_codebuild_project")["depends_on"]
    assert any(address.startswith("aws_iam_role_policy.runner_role_create-network") for address in waits_for)
    assert any(address.startswith("aws_route.network_private") for address in waits_for)


def test_only_this_project_may_assume_the_role(synthesized: Synthesized) -> None:
    trust = statements(synthesized.one("aws_iam_role", "runner/role/Default")["assume_role_policy"])["Trust"]
    assert trust["Principal"] == {"Service": "codebuild.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "111122223333"},
        "ArnEquals": {"aws:SourceArn": "arn:aws:codebuild:eu-west-1:111122223333:project/test-runner"},
    }


def test_the_role_changes_nothing_but_its_network_interfaces_and_logs(
    permissions: dict[str, dict[str, Any]],
) -> None:
    writes = {
        action
        for statement in permissions.values()
        for action in statement["Action"]
        if not action.split(":")[1].startswith(("Describe", "Get", "Use")) and not action.startswith("kms:")
    }
    assert writes == {
        "ec2:CreateNetworkInterface",
        "ec2:CreateNetworkInterfacePermission",
        "ec2:DeleteNetworkInterface",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    }
    for sid in ("AttachNetworkInterfaces", "DeleteNetworkInterfaces"):
        assert len(permissions[sid]["Condition"]["ArnEquals"]["ec2:Subnet"]) == 2
    authorized = permissions["AttachNetworkInterfaces"]["Condition"]["StringEquals"]
    assert authorized == {"ec2:AuthorizedService": "codebuild.amazonaws.com"}


def test_the_role_uses_the_connection_of_its_repository_only(
    synthesized: Synthesized, permissions: dict[str, dict[str, Any]]
) -> None:
    [address] = synthesized.json["data"]["aws_codestarconnections_connection"]
    allowed = permissions["UseConnection"]
    assert set(allowed) == {"Sid", "Effect", "Action", "Resource"}
    assert allowed["Effect"] == "Allow"
    assert set(allowed["Action"]) == {
        f"{service}:{action}"
        for service in ("codeconnections", "codestar-connections")
        for action in ("GetConnection", "GetConnectionToken", "UseConnection")
    }
    connection = f"${{data.aws_codestarconnections_connection.{address}.arn}}"
    assert allowed["Resource"] == [connection]


def test_only_descriptions_of_the_network_are_allowed_on_every_resource(
    permissions: dict[str, dict[str, Any]],
) -> None:
    unlimited = {sid for sid, statement in permissions.items() if "*" in statement["Resource"]}
    assert unlimited == {"DescribeNetworkInterfaces"}


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


@pytest.mark.parametrize("repository", ["arq/platform", "arq@123/platform@456"])
def test_the_repository_can_have_immutable_ids(repository: str) -> None:
    project = synthesize(lambda stack: build(stack, repository)).one("aws_codebuild_project")
    assert project["source"]["location"] == "https://github.com/arq/platform.git"
    assert project["source"]["auth"]["type"] == "CODECONNECTIONS"
    assert json.dumps(project["source"]["auth"]["resource"]).count("data.aws_codestarconnections") == 1
