"""`arqctl environments`: the list as text and JSON, and the delivery roles."""

import json

import pytest

from tests.arqctl.command_line import run
from tests.arqctl.projects import HARMLESS, Project


def test_environments_are_listed_as_text_and_json(
    current_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    for stack in ("staging", "dev", "dev-bootstrap"):
        current_project.stack(stack, HARMLESS)
    assert run(capsys, "environments", "--from", "cdktf.out")[1] == "dev\nstaging\n"
    current_project.write("pyproject.toml", '[tool.arqctl]\nprotected = ["staging"]\n')
    assert run(capsys, "environments", "--from", "cdktf.out", "--protected")[1] == "staging\n"
    assert run(capsys, "environments", "--from", "cdktf.out", "--unprotected")[1] == "dev\n"
    assert json.loads(run(capsys, "environments", "--from", "cdktf.out", "--format", "json")[1]) == [
        "dev",
        "staging",
    ]


def test_a_shared_stack_is_no_environment(
    current_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    for stack in ("dev", "paging"):
        current_project.stack(stack, HARMLESS)
    current_project.write("pyproject.toml", '[tool.arqctl]\nshared = ["paging"]\n')
    assert run(capsys, "environments", "--from", "cdktf.out")[1] == "dev\n"


def test_the_clusters_are_listed_with_that_of_a_standby_after_its_environment(
    current_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster = {"aws_eks_cluster": {"cluster": {"name": "any"}}}
    for name, resources, region in (
        ("live-standby", cluster, "eu-central-1"),
        ("live-standby-platform", HARMLESS, "eu-central-1"),
        ("live", cluster, "eu-west-1"),
        ("live-platform", HARMLESS, "eu-west-1"),
        ("dev", cluster, "eu-west-1"),
        ("plain", HARMLESS, "eu-west-1"),
    ):
        current_project.stack(name, resources, **provider(region, "111122223333"))
    current_project.write("pyproject.toml", '[tool.arqctl]\nprotected = ["live"]\n')
    command = ("environments", "--from", "cdktf.out", "--clusters")
    assert run(capsys, *command)[1].splitlines() == [
        "dev dev eu-west-1",
        "live live eu-west-1",
        "live live-standby eu-central-1",
    ]
    assert json.loads(run(capsys, *command, "--protected", "--format", "json")[1])[1] == {
        "environment": "live",
        "cluster": "live-standby",
        "region": "eu-central-1",
    }
    assert run(capsys, *command, "--role", "deploy")[0] == 2


def provider(region: str, *accounts: str) -> dict[str, object]:
    return {"provider": {"aws": [{"region": region, "allowed_account_ids": list(accounts)}]}}


def test_the_roles_of_all_environments_are_printed(
    current_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, region, account in (
        ("dev", "eu-west-1", "111122223333"),
        ("china", "cn-north-1", "444455556666"),
    ):
        current_project.stack(name, HARMLESS)
        role = {"aws_iam_role": {"deploy": {"name": f"{name}-delivery-deploy"}}}
        current_project.stack(f"{name}-account", role, **provider(region, account))
    command = ("environments", "--from", "cdktf.out", "--role", "deploy")
    assert json.loads(run(capsys, *command, "--format", "json")[1]) == {
        "china": "arn:aws-cn:iam::444455556666:role/china-delivery-deploy",
        "dev": "arn:aws:iam::111122223333:role/dev-delivery-deploy",
    }
    assert "\ndev arn:aws:iam::111122223333:role/dev-delivery-deploy\n" in run(capsys, *command)[1]


@pytest.mark.usefixtures("current_project")
def test_a_missing_role_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, stderr = run(capsys, "environments", "--from", "cdktf.out", "--role", "deploy")
    assert code == 2
    assert "dev: no stack creates the role dev-delivery-deploy" in stderr


@pytest.mark.parametrize("accounts", [(), ("111122223333", "444455556666")])
def test_a_role_in_an_unknown_account_exits_with_2(
    current_project: Project, capsys: pytest.CaptureFixture[str], accounts: tuple[str, ...]
) -> None:
    role = {"aws_iam_role": {"deploy": {"name": "dev-delivery-deploy"}}}
    current_project.stack("dev-account", role, **provider("eu-west-1", *accounts))
    code, _, stderr = run(capsys, "environments", "--from", "cdktf.out", "--role", "deploy")
    assert code == 2
    assert f"must allow one account, got {len(accounts)}" in stderr
