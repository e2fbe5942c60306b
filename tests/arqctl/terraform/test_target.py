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
    here: Project, terraform: FakeTerraform, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", "/users/own")
    make_app(here)
    code, said, complaint = run(capsys, "plan", "dev")
    assert (code, complaint) == (0, "")
    assert "dev on AWS\n" in said
    stack = here.root / ".arq/aws/cdktf.out/stacks/dev"
    assert [each.name for each in stack.iterdir()] == ["cdk.tf.json"]
    assert terraform.configurations == {"/users/own"}


def test_offline_its_configuration_is_the_mirrors(
    here: Project, terraform: FakeTerraform, capsys: Capture
) -> None:
    make_app(here)
    assert run(capsys, "plan", "dev", "--offline")[0] == 0
    assert terraform.configurations == {str(here.root / ".arq/offline/terraformrc")}


@pytest.mark.parametrize("word", ["plan", "deploy"])
def test_a_variable_that_says_offline_does_not_meet_a_command_that_says_aws(
    word: str, here: Project, terraform: FakeTerraform, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_app(here)
    monkeypatch.setenv("ARQ_OFFLINE", "1")
    code, said, complaint = run(capsys, word, "dev")
    assert (code, said) == (2, "")
    assert "Add --offline to simulate it, or `unset ARQ_OFFLINE` for AWS" in complaint
    assert terraform.words == ""


def test_a_plan_takes_no_lock_and_a_deployment_does(local: LocalProject, terraform: FakeTerraform) -> None:
    local.holds(dev="one")
    local.arqctl("plan", "dev")
    assert "plan -json -input=false -out=plan -lock=false\n" in terraform.words
    local.arqctl("deploy", "dev")
    assert terraform.words.count("-lock=false") == 1


def test_what_a_killed_emergency_left_is_removed(local: LocalProject, terraform: FakeTerraform) -> None:
    local.holds(dev="one")
    left = local.root / ".arq/aws/cdktf.out/stacks/dev/break_glass_override.tf.json"
    left.parent.mkdir(parents=True)
    left.write_text("{}")
    assert local.arqctl("plan", "dev")[0] == 0
    assert terraform.ran[0] == "dev init"
    assert local.left() == []


def test_several_environments_are_planned_and_written(
    here: Project, terraform: FakeTerraform, capsys: Capture
) -> None:
    here.stack("staging", terraform=REQUIRED)
    make_app(here)
    code, said, _ = run(capsys, "plan", "staging", "dev", "--offline", "--out-dir", "plans")
    assert code == 0
    assert said.count("fingerprint ") == 2
    assert "plans holds the plans with secrets in clear" in said
    files = sorted((here.root / "plans").iterdir())
    assert [(each.name, stat.S_IMODE(each.stat().st_mode)) for each in files] == [
        ("dev.json", 0o600),
        ("staging.json", 0o600),
    ]
    assert terraform.fingerprint("dev") in said
    assert not list(Path(here.root, ".arq").rglob("plan"))


def test_no_plan_is_written_when_one_is_refused(
    here: Project, terraform: FakeTerraform, capsys: Capture
) -> None:
    make_app(here)
    terraform.plans(code=1)
    assert run(capsys, "plan", "dev", "--offline", "--out-dir", "plans")[0] == 4
    assert not (here.root / "plans").exists()
    assert not list(Path(here.root, ".arq").rglob("plan"))
