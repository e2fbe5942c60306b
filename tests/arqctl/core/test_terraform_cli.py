"""Terraform is found, or said to be missing, and what it says is passed on."""

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.core.terraform_cli import Terraform, TerraformError, find_terraform, terraform_name


def program(folder: Path, name: str, script: str = "") -> Path:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


@pytest.fixture(autouse=True)
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("TERRAFORM_BINARY_NAME", raising=False)
    return tmp_path


def test_without_it_one_sentence_says_what_to_do() -> None:
    with pytest.raises(InputError) as caught:
        find_terraform()
    said = str(caught.value)
    assert said.startswith(
        "terraform: isn't on the PATH, and plans and deploys need it. Install Terraform 1.9"
    )
    assert "\n" not in said


def test_opentofu_serves_where_terraform_is_missing(path: Path) -> None:
    tofu = program(path, "tofu")
    assert find_terraform() == tofu
    assert terraform_name() == "tofu"


def test_terraform_comes_first(path: Path) -> None:
    program(path, "tofu")
    terraform = program(path, "terraform")
    assert find_terraform() == terraform


def test_what_cdktf_is_told_to_run_is_run(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(path, "terraform")
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", "terraform1.15")
    named = program(path, "terraform1.15")
    assert find_terraform() == named


def fake(folder: Path, *lines: str, code: int = 0) -> Terraform:
    """A Terraform that says the given lines."""
    said = "\n".join(f"echo '{line}'" for line in lines)
    return Terraform(program(folder, "fake", f"{said}\nexit {code}"), folder, {})


def test_what_it_plans_is_counted(tmp_path: Path) -> None:
    told: list[str] = []
    run = fake(
        tmp_path,
        '{"type": "version", "@message": "Terraform 1.11.4"}',
        '{"type": "refresh_start", "@message": "aws_vpc.main: Refreshing"}',
        '{"type": "planned_change", "change": {"action": "update", "resource": {"addr": "aws_vpc.main"}}}',
        '{"type": "change_summary", "changes": {"add": 0, "change": 1, "remove": 0, "operation": "plan"}}',
    ).plan(told.append)
    assert run.changes == [("update", "aws_vpc.main")]
    assert run.counts == {"add": 0, "change": 1, "remove": 0}
    assert told == ["aws_vpc.main: Refreshing"]


def test_every_error_is_said_with_its_address_and_warnings_are_not(tmp_path: Path) -> None:
    terraform = fake(
        tmp_path,
        '{"type": "diagnostic", "diagnostic": {"severity": "warning", "summary": "Simulated"}}',
        '{"type": "diagnostic", "diagnostic": {"severity": "error", "summary": "Bad CIDR",'
        ' "detail": "Write 10.0.0.0/16", "address": "aws_vpc.main"}}',
        '{"type": "diagnostic", "diagnostic": {"severity": "error", "summary": "No such thing"}}',
        code=1,
    )
    with pytest.raises(TerraformError) as caught:
        terraform.plan(lambda _: None)
    assert str(caught.value) == "aws_vpc.main: Bad CIDR. Write 10.0.0.0/16\nNo such thing"


def test_an_end_without_a_word_is_said_too(tmp_path: Path) -> None:
    with pytest.raises(TerraformError, match=r"`apply -json -input=false plan` ended with 3"):
        fake(tmp_path, code=3).apply(lambda _: None)


def test_what_is_no_message_is_kept_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(TerraformError, match=r"panic: out of luck"):
        fake(tmp_path, "panic: out of luck", code=2).plan(lambda _: None)


def test_secret_outputs_are_left_out(tmp_path: Path) -> None:
    said = '{"url": {"value": "https://x", "sensitive": false}, "token": {"value": "t", "sensitive": true}}'
    assert fake(tmp_path, said).outputs() == {"url": "https://x"}


def test_dependencies_are_counted(tmp_path: Path) -> None:
    assert fake(tmp_path, "digraph {", '  "a" -> "b"', '  "b" -> "c";', '  "c"', "}").graph() == 2


def test_the_users_own_variables_reach_it_and_what_is_given_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", "/users/own")
    monkeypatch.setenv("AWS_PROFILE", "users")
    said = '{"type": "refresh_start", "@message": "\'$AWS_PROFILE $TF_CLI_CONFIG_FILE\'"}'
    as_it_is = fake(tmp_path, said)
    told: list[str] = []
    as_it_is.plan(told.append)
    replace(as_it_is, variables={"TF_CLI_CONFIG_FILE": "/given"}).plan(told.append)
    assert told == ["users /users/own", "users /given"]
    assert os.environ["TF_CLI_CONFIG_FILE"] == "/users/own"


def test_only_its_owner_can_read_a_plan(tmp_path: Path) -> None:
    terraform = Terraform(program(tmp_path, "fake", "touch plan"), tmp_path, {"PATH": os.defpath})
    terraform.plan(lambda _: None)
    assert stat.S_IMODE(terraform.plan_file.stat().st_mode) == 0o600
