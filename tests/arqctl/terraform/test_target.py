"""On AWS, Terraform runs as its user has it; offline, nothing reaches AWS; and never one for the other."""

import stat
from pathlib import Path

import pytest

from tests.arqctl.command_line import run
from tests.arqctl.projects import Project, make_app
from tests.arqctl.terraform.fake_terraform import REQUIRED, FakeTerraform
from tests.arqctl.terraform.local_project import LocalProject

Capture = pytest.CaptureFixture[str]


def test_on_aws_a_stack_runs_as_it_was_synthesized(
    current_project: Project, terraform: FakeTerraform, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", "/users/own")
    make_app(current_project)
    code, stdout, stderr = run(capsys, "plan", "dev")
    assert (code, stderr) == (0, "")
    assert "dev on AWS\n" in stdout
    stack = current_project.root / ".arq/aws/cdktf.out/stacks/dev"
    assert [each.name for each in stack.iterdir()] == ["cdk.tf.json"]
    assert terraform.configurations == {"/users/own"}


def test_offline_its_configuration_is_the_mirrors(
    current_project: Project, terraform: FakeTerraform, capsys: Capture
) -> None:
    make_app(current_project)
    assert run(capsys, "plan", "dev", "--offline")[0] == 0
    assert terraform.configurations == {str(current_project.root / ".arq/offline/terraformrc")}


@pytest.mark.parametrize("word", ["plan", "deploy"])
def test_a_variable_that_says_offline_does_not_meet_a_command_that_says_aws(
    word: str,
    current_project: Project,
    terraform: FakeTerraform,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_app(current_project)
    monkeypatch.setenv("ARQ_OFFLINE", "1")
    code, stdout, stderr = run(capsys, word, "dev")
    assert (code, stdout) == (2, "")
    assert "Add --offline to simulate it, or `unset ARQ_OFFLINE` for AWS" in stderr
    assert terraform.log == ""


def test_a_plan_takes_no_lock_and_a_deployment_does(
    local_project: LocalProject, terraform: FakeTerraform
) -> None:
    local_project.write_stacks(dev="one")
    local_project.arqctl("plan", "dev")
    assert "plan -json -input=false -out=plan -lock=false\n" in terraform.log
    local_project.deploy("dev")
    assert terraform.log.count("-lock=false") == 1


def test_what_a_killed_emergency_left_is_removed(
    local_project: LocalProject, terraform: FakeTerraform
) -> None:
    local_project.write_stacks(dev="one")
    leftover_files = local_project.root / ".arq/aws/cdktf.out/stacks/dev/break_glass_override.tf.json"
    leftover_files.parent.mkdir(parents=True)
    leftover_files.write_text("{}")
    assert local_project.arqctl("plan", "dev")[0] == 0
    assert terraform.commands[0] == "dev init"
    assert local_project.leftover_files() == []


def test_several_environments_are_planned_and_written(
    current_project: Project, terraform: FakeTerraform, capsys: Capture
) -> None:
    current_project.stack("staging", terraform=REQUIRED)
    make_app(current_project)
    code, stdout, _ = run(capsys, "plan", "staging", "dev", "--offline", "--out-dir", "plans")
    assert code == 0
    assert stdout.count("fingerprint ") == 2
    assert "plans holds the plans with secrets in clear" in stdout
    files = sorted((current_project.root / "plans").iterdir())
    assert [(each.name, stat.S_IMODE(each.stat().st_mode)) for each in files] == [
        ("dev.json", 0o600),
        ("staging.json", 0o600),
    ]
    assert terraform.fingerprint("dev") in stdout
    assert not list(Path(current_project.root, ".arq").rglob("plan"))


def test_no_plan_is_written_when_one_is_refused(
    current_project: Project, terraform: FakeTerraform, capsys: Capture
) -> None:
    make_app(current_project)
    terraform.set_plan(code=1)
    assert run(capsys, "plan", "dev", "--offline", "--out-dir", "plans")[0] == 4
    assert not (current_project.root / "plans").exists()
    assert not list(Path(current_project.root, ".arq").rglob("plan"))
