"""On AWS, Terraform keeps the user's configuration; offline, nothing reaches AWS."""

import stat
from pathlib import Path

import pytest

from tests.arqctl.command_line import run
from tests.arqctl.projects import APP, Project, make_app
from tests.arqctl.terraform.fake_terraform import REQUIRED, FakeTerraform
from tests.arqctl.terraform.local_project import LocalProject

Capture = pytest.CaptureFixture[str]


def test_on_aws_the_stack_and_the_users_configuration_are_unchanged(
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


def test_offline_terraform_uses_the_mirrors_configuration(
    current_project: Project, terraform: FakeTerraform, capsys: Capture
) -> None:
    make_app(current_project)
    assert run(capsys, "plan", "dev", "--offline")[0] == 0
    assert terraform.configurations == {str(current_project.root / ".arq/offline/terraformrc")}


@pytest.mark.parametrize("command", [("plan", "dev"), ("deploy", "dev", "--yes")])
def test_arq_offline_without_the_offline_option_is_rejected(
    command: tuple[str, ...],
    current_project: Project,
    terraform: FakeTerraform,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_app(current_project)
    monkeypatch.setenv("ARQ_OFFLINE", "1")
    code, stdout, stderr = run(capsys, *command)
    assert (code, stdout) == (2, "")
    assert "Add --offline to simulate it, or `unset ARQ_OFFLINE` for AWS" in stderr
    assert terraform.log == ""


@pytest.mark.parametrize("command", [("plan", "dev"), ("deploy", "dev", "--yes")])
def test_the_app_can_reject_values_for_aws_only(
    command: tuple[str, ...], current_project: Project, terraform: FakeTerraform, capsys: Capture
) -> None:
    make_app(
        current_project, APP + 'sys.exit("dev: zone_id is an example" if os.environ["ARQ_AWS_STACKS"] else 0)'
    )
    code, _, stderr = run(capsys, *command)
    assert code == 2
    assert "dev: zone_id is an example" in stderr
    assert terraform.log == ""
    assert run(capsys, "plan", "dev", "--offline")[0] == 0


def test_only_a_deployment_locks_the_state(local_project: LocalProject, terraform: FakeTerraform) -> None:
    local_project.write_stacks(dev="one")
    local_project.arqctl("plan", "dev")
    assert "plan -json -input=false -out=plan -lock=false\n" in terraform.log
    local_project.deploy("dev")
    assert terraform.log.count("-lock=false") == 1


def test_the_override_of_a_killed_break_glass_run_is_deleted(
    local_project: LocalProject, terraform: FakeTerraform
) -> None:
    local_project.write_stacks(dev="one")
    leftover = local_project.root / ".arq/aws/cdktf.out/stacks/dev/break_glass_override.tf.json"
    leftover.parent.mkdir(parents=True)
    leftover.write_text("{}")
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
    assert "plans contains plans with secrets in clear text" in stdout
    files = sorted((current_project.root / "plans").iterdir())
    assert [(each.name, stat.S_IMODE(each.stat().st_mode)) for each in files] == [
        ("dev.json", 0o600),
        ("staging.json", 0o600),
    ]
    assert terraform.fingerprint("dev") in stdout
    assert not list(Path(current_project.root, ".arq").rglob("plan"))


def test_no_plan_is_written_when_one_fails(
    current_project: Project, terraform: FakeTerraform, capsys: Capture
) -> None:
    make_app(current_project)
    terraform.set_plan(code=1)
    assert run(capsys, "plan", "dev", "--offline", "--out-dir", "plans")[0] == 4
    assert not (current_project.root / "plans").exists()
    assert not list(Path(current_project.root, ".arq").rglob("plan"))
