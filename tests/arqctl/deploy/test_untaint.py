"""Resources that a failed creation leaves, and their way back: real Terraform taints and untaints them."""

import io
import sys

import pytest

from tests.arqctl.deploy.test_confirmation import type_answers
from tests.arqctl.terraform.local_project import LocalProject

ADDRESS = "terraform_data.main"
EXPLANATION = (
    "The creation of these resources of dev failed after they existed. Terraform marked them as tainted: it"
    " would replace them, and prevent_destroy forbids that. Check each of them:\n"
    "  terraform_data.main (dev/main/Default)\n"
)
COMMAND = "\n  arqctl untaint dev terraform_data.main\n"


@pytest.fixture
def dev(local_project: LocalProject) -> LocalProject:
    """Return a project whose protected resource exists but was not completely created."""
    local_project.write_stacks(dev="one")
    local_project.protect_resource("dev")
    local_project.add_provisioner("dev", "exit 3")
    return local_project


def repair(project: LocalProject) -> None:
    """Remove the cause of the failure."""
    project.write_stacks(dev="one")
    project.protect_resource("dev")


def test_a_failed_creation_of_a_protected_resource_is_explained(dev: LocalProject) -> None:
    code, _, stderr = dev.deploy("dev")
    assert code == 4
    assert EXPLANATION in stderr
    assert COMMAND in stderr
    assert "Delete an unhealthy one in AWS." in stderr


@pytest.mark.parametrize("command", [("plan", "dev"), ("deploy", "dev", "--yes")])
def test_the_next_plan_is_refused_with_the_same_explanation(
    dev: LocalProject, command: tuple[str, ...]
) -> None:
    dev.deploy("dev")
    repair(dev)
    code, _, stderr = dev.arqctl(*command)
    assert code == 4
    assert "Instance cannot be destroyed" in stderr
    assert EXPLANATION in stderr
    assert COMMAND in stderr


def test_untaint_keeps_the_resource_and_plans_succeed_again(dev: LocalProject) -> None:
    dev.deploy("dev")
    repair(dev)
    code, stdout, stderr = dev.arqctl("untaint", "dev", ADDRESS, "--yes")
    assert (code, stderr) == (0, "")
    assert stdout.endswith(f"{ADDRESS} is kept. Plan again: `arqctl plan dev`\n")
    code, stdout, _ = dev.deploy("dev")
    assert code == 0
    # The failed deployment did not write the output; the resource itself does not change.
    assert "no changes" in stdout
    assert dev.deployed_value("dev") == "one"


def test_untaint_asks_before_it_removes_the_mark(dev: LocalProject, monkeypatch: pytest.MonkeyPatch) -> None:
    dev.deploy("dev")
    repair(dev)
    type_answers(monkeypatch, "n")
    code, stdout, stderr = dev.arqctl("untaint", "dev", ADDRESS)
    assert (code, stderr) == (4, "Refused: you did not confirm it, so the mark stays\n")
    assert f"Is {ADDRESS} healthy, so that Terraform keeps it? [y/N]: " in stdout
    type_answers(monkeypatch, "y")
    assert dev.arqctl("untaint", "dev", ADDRESS)[0] == 0
    assert dev.arqctl("plan", "dev")[0] == 0


def test_untaint_without_a_terminal_exits_with_2(dev: LocalProject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    code, stdout, stderr = dev.arqctl("untaint", "dev", ADDRESS)
    assert (code, stdout) == (2, "")
    assert stderr.startswith("arqctl: arqctl untaint: asks before it changes anything")


def test_a_resource_that_is_not_tainted_exits_with_2(dev: LocalProject) -> None:
    repair(dev)
    dev.deploy("dev")
    code, _, stderr = dev.arqctl("untaint", "dev", ADDRESS, "--yes")
    assert (code, stderr) == (
        2,
        "arqctl: terraform_data.main: is not tainted in the state of dev. Nothing is tainted: plan again\n",
    )


def test_an_unprotected_resource_is_replaced_without_an_explanation(dev: LocalProject) -> None:
    dev.write_stacks(dev="one")
    dev.add_provisioner("dev", "exit 3")
    code, _, stderr = dev.deploy("dev")
    assert code == 4
    assert "untaint" not in stderr
    dev.write_stacks(dev="one")
    assert dev.arqctl("plan", "dev")[0] == 0
