"""`arqctl plan`, `deploy` and `destroy` on offline AWS: Terraform commands, output and exit codes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from arqctl.core.terraform_cli import Run, Terraform
from arqctl.offline.paths import OfflinePaths
from tests.arqctl.command_line import run
from tests.arqctl.projects import Project, make_app
from tests.arqctl.terraform.fake_terraform import REQUIRED, FakeTerraform, diagnosed, planned

Capture = pytest.CaptureFixture[str]

DATABASE = {"aws_db_instance": {"main": {"lifecycle": {"prevent_destroy": True}}}}


def test_deploy_plans_applies_and_verifies_that_a_second_plan_is_empty(
    current_project: Project, terraform: FakeTerraform, capsys: Capture
) -> None:
    make_app(current_project)
    code, stdout, stderr = run(capsys, "deploy", "dev", "--offline")
    assert (code, stderr) == (0, "")
    assert terraform.commands == [
        f"dev {each}" for each in ("init", "graph", "plan", "show", "apply", "output", "plan")
    ]
    lines = [line.partition(" (")[0].split(maxsplit=1) for line in stdout.splitlines()]
    assert lines[1:] == [
        ["dev", "on offline AWS"],
        ["graph", "1 dependencies"],
        ["plan", "1 to create"],
        ["fingerprint", terraform.fingerprint("dev")],
        ["apply", "1 created"],
        ["url", "= https://arq.example"],
        ["plan", "again  no changes"],
    ]


def test_plan_does_not_apply(current_project: Project, terraform: FakeTerraform, capsys: Capture) -> None:
    make_app(current_project)
    assert run(capsys, "plan", "dev", "--offline")[0] == 0
    assert terraform.commands == ["dev init", "dev graph", "dev plan", "dev show"]


def test_a_plan_lists_the_first_twenty_changes_other_than_creations(
    current_project: Project, terraform: FakeTerraform, capsys: Capture
) -> None:
    make_app(current_project)
    terraform.set_plan(
        planned("replace", "aws_vpc.main"), *(planned("update", f"aws_eip.{number}") for number in range(22))
    )
    _, stdout, _ = run(capsys, "plan", "dev", "--offline")
    assert "1 to replace, 22 to update" in stdout
    assert "    replace aws_vpc.main\n    update aws_eip.0\n" in stdout
    assert "update aws_eip.18\n    and 3 more" in stdout


def test_a_terraform_error_exits_with_4(
    current_project: Project, terraform: FakeTerraform, capsys: Capture
) -> None:
    make_app(current_project)
    terraform.set_plan(diagnosed("error", "Bad CIDR"), code=1)
    code, _, stderr = run(capsys, "deploy", "dev", "--offline")
    assert (code, stderr) == (4, "Terraform refused it (simulated):\naws_vpc.main: Bad CIDR\n")
    assert "dev apply" not in terraform.commands


def test_control_characters_in_an_error_do_not_reach_the_terminal(
    current_project: Project, terraform: FakeTerraform, capsys: Capture
) -> None:
    make_app(current_project)
    terraform.set_plan(diagnosed("error", "Bad tag \x1b[2J\u202e"), code=1)
    _, _, stderr = run(capsys, "deploy", "dev", "--offline")
    assert stderr == "Terraform refused it (simulated):\naws_vpc.main: Bad tag  [2J \n"


def test_a_second_plan_with_changes_exits_with_4(
    current_project: Project, terraform: FakeTerraform, capsys: Capture
) -> None:
    make_app(current_project)
    terraform.set_second_plan(planned("update", "aws_vpc.main"))
    code, _, stderr = run(capsys, "deploy", "dev", "--offline")
    assert code == 4
    assert "The second plan isn't empty: 1 to update\n    update aws_vpc.main" in stderr


def test_destroy_ignores_protection_and_prints_protected_resources(
    current_project: Project, terraform: FakeTerraform, capsys: Capture
) -> None:
    make_app(current_project)
    warning = diagnosed("warning", "AWS would refuse this deletion")
    terraform.set_plan(planned("delete", "aws_db_instance.main"), warning, warning)
    terraform.set_apply({"type": "change_summary", "changes": {"remove": 1}})
    code, stdout, _ = run(capsys, "destroy", "dev", "--offline")
    assert code == 0
    assert "1 to destroy" in stdout
    assert "AWS would refuse this deletion: 2 times" in stdout
    assert "1 deleted" in stdout
    assert "-destroy" in terraform.log
    stack = OfflinePaths.of_project(current_project.root).assembly_dir / "stacks/dev"
    assert '"prevent_destroy": false' in (stack / "offline_override.tf.json").read_text()


def write_state(project: Project, stack: str) -> None:
    file = OfflinePaths.of_project(project.root).state(stack)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"resources": [{}]}))


def make_dependent_stack(project: Project) -> None:
    project.stack("dev-platform", DATABASE, terraform=REQUIRED)
    manifest = project.outdir / "manifest.json"
    document = json.loads(manifest.read_text())
    document["stacks"]["dev-platform"]["dependencies"] = ["dev"]
    manifest.write_text(json.dumps(document))
    make_app(project)


def test_dependent_stacks_are_deployed_last_and_destroyed_first(
    current_project: Project, terraform: FakeTerraform, capsys: Capture
) -> None:
    for name in ("dev-platform", "dev-bootstrap", "staging"):
        current_project.stack(name, DATABASE, terraform=REQUIRED)
    manifest = current_project.outdir / "manifest.json"
    document = json.loads(manifest.read_text())
    document["stacks"]["dev-platform"]["dependencies"] = ["dev"]
    manifest.write_text(json.dumps(document))
    make_app(current_project)
    run(capsys, "deploy", "dev", "--offline")
    assert [each for each in terraform.commands if "apply" in each] == ["dev apply", "dev-platform apply"]
    write_state(current_project, "dev")
    run(capsys, "destroy", "dev", "--offline")
    assert [each for each in terraform.commands if "apply" in each][2:] == ["dev-platform apply", "dev apply"]


def test_a_stack_is_planned_when_the_stack_that_it_reads_is_deployed(
    current_project: Project, terraform: FakeTerraform, capsys: Capture
) -> None:
    make_dependent_stack(current_project)
    code, stdout, _ = run(capsys, "plan", "dev", "--offline")
    assert (code, [each for each in terraform.commands if "plan" in each]) == (0, ["dev plan"])
    assert "dev-platform can be planned when dev is deployed to offline AWS (simulated)" in stdout
    for command in ("plan", "deploy", "destroy"):
        code, _, stderr = run(capsys, command, "dev-platform", "--offline")
        assert (code, "Deploy dev first: `arqctl deploy dev --offline`" in stderr) == (2, True)
    write_state(current_project, "dev")
    run(capsys, "plan", "dev-platform", "--offline")
    assert [each for each in terraform.commands if "plan" in each][1:] == ["dev-platform plan"]


def test_a_separate_stack_is_deployed_to_aws_by_name_only(
    current_project: Project, terraform: FakeTerraform, capsys: Capture
) -> None:
    make_dependent_stack(current_project)
    current_project.write("pyproject.toml", '[tool.arqctl]\nseparate = ["{environment}-platform"]\n')
    assert run(capsys, "plan", "dev")[0] == 0
    assert run(capsys, "plan", "dev-platform")[0] == 0
    assert [each for each in terraform.commands if "plan" in each] == ["dev plan", "dev-platform plan"]


def test_destroy_requires_offline(capsys: Capture) -> None:
    code, stdout, stderr = run(capsys, "destroy", "dev")
    assert (code, stdout) == (2, "")
    assert stderr == (
        "arqctl: arqctl destroy: destroys offline AWS only."
        " Add --offline to simulate it; on AWS use `cdktf destroy dev`\n"
    )


@pytest.mark.usefixtures("terraform")
def test_an_unknown_environment_exits_with_2(current_project: Project, capsys: Capture) -> None:
    make_app(current_project)
    code, _, stderr = run(capsys, "plan", "prod", "--offline")
    assert (code, stderr) == (
        2,
        "arqctl: prod: is not an environment of this project. Choose from dev\n",
    )


def test_a_missing_terraform_exits_with_2_before_synthesis(
    current_project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    make_app(current_project)
    monkeypatch.setenv("PATH", str(tmp_path))
    code, stdout, stderr = run(capsys, "deploy", "dev", "--offline")
    assert (code, stdout) == (2, "")
    assert "isn't on the PATH" in stderr
    assert not (current_project.root / ".arq").exists()


@pytest.mark.usefixtures("terraform")
def test_ctrl_c_exits_with_1_and_explains_how_to_continue(
    current_project: Project, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def interrupt(_terraform: Terraform, _on_progress: Callable[[str], None]) -> Run:
        raise KeyboardInterrupt

    make_app(current_project)
    monkeypatch.setattr(Terraform, "apply", interrupt)
    code, _, stderr = run(capsys, "deploy", "dev", "--offline")
    assert code == 1
    assert "run it again" in stderr
    assert "Traceback" not in stderr
