"""`arqctl plan|deploy|destroy` offline: what they have Terraform do, what they say of it, how they end."""

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


def test_a_deploy_goes_from_the_graph_to_an_empty_plan(
    here: Project, terraform: FakeTerraform, capsys: Capture
) -> None:
    make_app(here)
    code, said, complaint = run(capsys, "deploy", "dev", "--offline")
    assert (code, complaint) == (0, "")
    assert terraform.ran == [
        f"dev {each}" for each in ("init", "graph", "plan", "show", "apply", "output", "plan")
    ]
    lines = [line.partition(" (")[0].split(maxsplit=1) for line in said.splitlines()]
    assert lines[1:] == [
        ["dev", "on offline AWS: all of it is simulated"],
        ["graph", "1 dependencies"],
        ["plan", "1 to create"],
        ["fingerprint", terraform.fingerprint("dev")],
        ["apply", "1 created"],
        ["url", "= https://arq.example"],
        ["plan", "again  no changes"],
    ]


def test_a_plan_only_plans(here: Project, terraform: FakeTerraform, capsys: Capture) -> None:
    make_app(here)
    assert run(capsys, "plan", "dev", "--offline")[0] == 0
    assert terraform.ran == ["dev init", "dev graph", "dev plan", "dev show"]


def test_what_is_not_created_is_named_up_to_twenty(
    here: Project, terraform: FakeTerraform, capsys: Capture
) -> None:
    make_app(here)
    terraform.plans(
        planned("replace", "aws_vpc.main"), *(planned("update", f"aws_eip.{number}") for number in range(22))
    )
    _, said, _ = run(capsys, "plan", "dev", "--offline")
    assert "1 to replace, 22 to update" in said
    assert "    replace aws_vpc.main\n    update aws_eip.0\n" in said
    assert "update aws_eip.18\n    and 3 more" in said


def test_what_terraform_refuses_ends_with_four(
    here: Project, terraform: FakeTerraform, capsys: Capture
) -> None:
    make_app(here)
    terraform.plans(diagnosed("error", "Bad CIDR"), code=1)
    code, _, complaint = run(capsys, "deploy", "dev", "--offline")
    assert (code, complaint) == (4, "Terraform refused it (simulated):\naws_vpc.main: Bad CIDR\n")
    assert "dev apply" not in terraform.ran


def test_a_second_plan_that_is_not_empty_ends_with_four(
    here: Project, terraform: FakeTerraform, capsys: Capture
) -> None:
    make_app(here)
    terraform.plans_again(planned("update", "aws_vpc.main"))
    code, _, complaint = run(capsys, "deploy", "dev", "--offline")
    assert code == 4
    assert "The second plan isn't empty: 1 to update\n    update aws_vpc.main" in complaint


def test_a_destroy_gets_past_protection_and_says_what_aws_would_keep(
    here: Project, terraform: FakeTerraform, capsys: Capture
) -> None:
    make_app(here)
    refused = diagnosed("warning", "AWS would refuse this deletion")
    terraform.plans(planned("delete", "aws_db_instance.main"), refused, refused)
    terraform.applies({"type": "change_summary", "changes": {"remove": 1}})
    code, said, _ = run(capsys, "destroy", "dev", "--offline")
    assert code == 0
    assert "1 to destroy" in said
    assert "AWS would refuse this deletion: 2 times" in said
    assert "1 deleted" in said
    assert "-destroy" in terraform.words
    stack = OfflinePaths.of_project(here.root).assembly_dir / "stacks/dev"
    assert '"prevent_destroy": false' in (stack / "offline_override.tf.json").read_text()


def test_what_builds_on_an_environment_is_deployed_after_and_destroyed_before_it(
    here: Project, terraform: FakeTerraform, capsys: Capture
) -> None:
    for name in ("dev-platform", "dev-bootstrap", "staging"):
        here.stack(name, DATABASE, terraform=REQUIRED)
    manifest = here.outdir / "manifest.json"
    document = json.loads(manifest.read_text())
    document["stacks"]["dev-platform"]["dependencies"] = ["dev"]
    manifest.write_text(json.dumps(document))
    make_app(here)
    run(capsys, "deploy", "dev", "--offline")
    assert [each for each in terraform.ran if "apply" in each] == ["dev apply", "dev-platform apply"]
    run(capsys, "destroy", "dev", "--offline")
    assert [each for each in terraform.ran if "apply" in each][2:] == ["dev-platform apply", "dev apply"]


def test_only_what_is_simulated_is_destroyed(capsys: Capture) -> None:
    code, said, complaint = run(capsys, "destroy", "dev")
    assert (code, said) == (2, "")
    assert complaint == (
        "arqctl: arqctl destroy: destroys offline AWS only."
        " Add --offline to simulate it; on AWS it is `cdktf destroy dev`\n"
    )


@pytest.mark.usefixtures("terraform")
def test_an_environment_that_is_not_there_ends_with_two(here: Project, capsys: Capture) -> None:
    make_app(here)
    code, _, complaint = run(capsys, "plan", "prod", "--offline")
    assert (code, complaint) == (
        2,
        "arqctl: prod: is not an environment of this project. Choose from dev\n",
    )


def test_without_terraform_it_ends_with_two_at_once(
    here: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    make_app(here)
    monkeypatch.setenv("PATH", str(tmp_path))
    code, said, complaint = run(capsys, "deploy", "dev", "--offline")
    assert (code, said) == (2, "")
    assert "isn't on the PATH" in complaint
    assert not (here.root / ".arq").exists()


@pytest.mark.usefixtures("terraform")
def test_ctrl_c_ends_with_one_and_says_how_to_go_on(
    here: Project, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def stopped(_terraform: Terraform, _tell: Callable[[str], None]) -> Run:
        raise KeyboardInterrupt

    make_app(here)
    monkeypatch.setattr(Terraform, "apply", stopped)
    code, _, complaint = run(capsys, "deploy", "dev", "--offline")
    assert code == 1
    assert "run it again" in complaint
    assert "Traceback" not in complaint
