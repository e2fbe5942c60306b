"""Terraform is found, and its output is parsed."""

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


def test_a_missing_terraform_is_reported_with_a_fix() -> None:
    with pytest.raises(InputError) as caught:
        find_terraform()
    message = str(caught.value)
    assert message.startswith(
        "terraform: isn't on the PATH, and plans and deployments need it. Install Terraform 1.9"
    )
    assert "\n" not in message


def test_opentofu_is_used_if_terraform_is_missing(path: Path) -> None:
    tofu = program(path, "tofu")
    assert find_terraform() == tofu
    assert terraform_name() == "tofu"


def test_terraform_is_preferred_to_opentofu(path: Path) -> None:
    program(path, "tofu")
    terraform = program(path, "terraform")
    assert find_terraform() == terraform


def test_cdktfs_variable_selects_the_program(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(path, "terraform")
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", "terraform1.15")
    named = program(path, "terraform1.15")
    assert find_terraform() == named


def fake_terraform(folder: Path, *lines: str, code: int = 0) -> Terraform:
    """Return a Terraform that prints the lines."""
    script = "\n".join(f"echo '{line}'" for line in lines)
    return Terraform(program(folder, "fake", f"{script}\nexit {code}"), folder, {})


def test_planned_changes_are_counted(tmp_path: Path) -> None:
    lines: list[str] = []
    run = fake_terraform(
        tmp_path,
        '{"type": "version", "@message": "Terraform 1.11.4"}',
        '{"type": "refresh_start", "@message": "aws_vpc.main: Refreshing"}',
        '{"type": "planned_change", "change": {"action": "update", "resource": {"addr": "aws_vpc.main"}}}',
        '{"type": "change_summary", "changes": {"add": 0, "change": 1, "remove": 0, "operation": "plan"}}',
    ).plan(lines.append)
    assert run.changes == [("update", "aws_vpc.main")]
    assert run.counts == {"add": 0, "change": 1, "remove": 0}
    assert lines == ["aws_vpc.main: Refreshing"]


def test_errors_are_raised_with_their_addresses_and_warnings_are_not(tmp_path: Path) -> None:
    terraform = fake_terraform(
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


def test_a_failure_without_output_is_reported(tmp_path: Path) -> None:
    with pytest.raises(TerraformError, match=r"`apply -json -input=false plan` ended with 3"):
        fake_terraform(tmp_path, code=3).apply(lambda _: None)


def test_output_that_is_no_message_is_reported_unchanged(tmp_path: Path) -> None:
    with pytest.raises(TerraformError, match=r"panic: out of luck"):
        fake_terraform(tmp_path, "panic: out of luck", code=2).plan(lambda _: None)


def test_sensitive_outputs_are_omitted(tmp_path: Path) -> None:
    url = '"url": {"value": "https://x", "sensitive": false}'
    sensitive = '"token": {"value": "t", "sensitive": true}'
    assert fake_terraform(tmp_path, f"{{{url}, {sensitive}}}").outputs() == {"url": "https://x"}


def test_dependencies_are_counted(tmp_path: Path) -> None:
    assert fake_terraform(tmp_path, "digraph {", '  "a" -> "b"', '  "b" -> "c";', '  "c"', "}").graph() == 2


def test_terraform_gets_the_process_variables_and_overrides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", "/users/own")
    monkeypatch.setenv("AWS_PROFILE", "users")
    message = '{"type": "refresh_start", "@message": "\'$AWS_PROFILE $TF_CLI_CONFIG_FILE\'"}'
    terraform = fake_terraform(tmp_path, message)
    lines: list[str] = []
    terraform.plan(lines.append)
    replace(terraform, variables={"TF_CLI_CONFIG_FILE": "/given"}).plan(lines.append)
    assert lines == ["users /users/own", "users /given"]
    assert os.environ["TF_CLI_CONFIG_FILE"] == "/users/own"


def test_only_the_owner_can_read_a_plan(tmp_path: Path) -> None:
    terraform = Terraform(program(tmp_path, "fake", "touch plan"), tmp_path, {"PATH": os.defpath})
    terraform.plan(lambda _: None)
    assert stat.S_IMODE(terraform.plan_file.stat().st_mode) == 0o600
