"""Real Terraform applies approved plans and nothing else."""

import pytest

from arqctl.core.progress import ProgressCallback
from arqctl.core.terraform_cli import Terraform
from arqctl.plan.fingerprint import fingerprint
from arqctl.plan.parser import read_plan
from tests.arqctl.terraform.local_project import LocalProject


def test_an_approved_plan_is_applied(local_project: LocalProject) -> None:
    local_project.write_stacks(dev="one")
    (reviewed,) = local_project.plan_fingerprints("dev")
    code, stdout, stderr = local_project.deploy("dev", "--approve", reviewed)
    assert (code, stderr) == (0, "")
    assert local_project.deployed_value("dev") == "one"
    assert "value = one" in stdout
    assert local_project.leftover_files() == []


def test_a_plan_that_changed_since_its_approval_is_refused(local_project: LocalProject) -> None:
    local_project.write_stacks(dev="one")
    (reviewed,) = local_project.plan_fingerprints("dev")
    local_project.write_stacks(dev="another")
    code, _, stderr = local_project.deploy("dev", "--approve", reviewed)
    assert code == 4
    assert stderr.startswith("Refused: The plan of dev differs from the approved one. Its fingerprint is ")
    assert "1 to create" in stderr
    assert local_project.deployed_value("dev") is None
    assert local_project.leftover_files() == []


def test_an_empty_plan_needs_no_approval(local_project: LocalProject) -> None:
    local_project.write_stacks(dev="one")
    (reviewed,) = local_project.plan_fingerprints("dev")
    assert local_project.deploy("dev")[0] == 0
    code, stdout, _ = local_project.deploy("dev", "--approve", reviewed)
    assert (code, "nothing to do" in stdout) == (0, True)


def test_a_fingerprint_for_each_stack_approves_them(local_project: LocalProject) -> None:
    local_project.write_stacks(dev="one", dev_platform="two")
    local_project.set_dependency("dev-platform", "dev")
    first, second = local_project.plan_fingerprints("dev")
    assert local_project.deploy("dev", "--approve", second)[0] == 4
    assert [local_project.deployed_value(name) for name in ("dev", "dev-platform")] == [None, None]
    assert local_project.deploy("dev", "--approve", first, "--approve", second)[0] == 0
    assert [local_project.deployed_value(name) for name in ("dev", "dev-platform")] == ["one", "two"]


def test_one_fingerprint_for_all_stacks_approves_them(local_project: LocalProject) -> None:
    local_project.write_stacks(dev="one", dev_platform="two")
    local_project.set_dependency("dev-platform", "dev")
    local_project.plan_fingerprints("dev", "--out-dir", "plans")
    plans = local_project.root / "plans"
    together = fingerprint(
        read_plan((plans / f"{name}.json").read_text(), stack=name, environment="dev", paths={})
        for name in ("dev", "dev-platform")
    )
    assert local_project.deploy("dev", "--approve", together)[0] == 0
    assert [local_project.deployed_value(name) for name in ("dev", "dev-platform")] == ["one", "two"]


def test_a_dependent_stack_whose_plan_changes_needs_another_approval(
    local_project: LocalProject,
) -> None:
    local_project.write_stacks(dev="one")
    local_project.write_dependent_stack("dev-platform", "dev")
    assert local_project.deploy("dev")[0] == 0
    assert local_project.deployed_value("dev-platform") == "one"
    local_project.write_stacks(dev="two")
    local_project.write_dependent_stack("dev-platform", "dev")
    first, unchanged = local_project.plan_fingerprints("dev")
    code, stdout, stderr = local_project.deploy("dev", "--approve", first, "--approve", unchanged)
    assert code == 4
    assert "dev-platform depends on a stack that was just deployed, so it is planned again" in stdout
    assert stderr.startswith(
        "Refused: the stacks that dev-platform depends on are deployed, but dev-platform is not.\n"
    )
    assert (local_project.deployed_value("dev"), local_project.deployed_value("dev-platform")) == (
        "two",
        "one",
    )
    _, second = local_project.plan_fingerprints("dev")
    assert local_project.deploy("dev", "--approve", second)[0] == 0
    assert local_project.deployed_value("dev-platform") == "two"


def test_a_state_that_changed_since_the_plan_is_refused(
    local_project: LocalProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    local_project.write_stacks(dev="one")
    local_project.deploy("dev")
    local_project.write_stacks(dev="two")
    (reviewed,) = local_project.plan_fingerprints("dev")
    apply = Terraform.apply

    def apply_twice(terraform: Terraform, on_progress: ProgressCallback) -> object:
        terraform._output("apply", "-auto-approve", "-input=false")
        return apply(terraform, on_progress)

    monkeypatch.setattr(Terraform, "apply", apply_twice)
    code, _, stderr = local_project.deploy("dev", "--approve", reviewed)
    assert code == 4
    assert stderr == (
        "Refused: the state of dev was changed since it was planned. Nothing was applied.\n"
        "Run it again: it makes a new plan and compares that with the approval\n"
    )


def test_a_modified_plan_file_is_not_applied(
    local_project: LocalProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    local_project.write_stacks(dev="one")
    (reviewed,) = local_project.plan_fingerprints("dev")
    show = Terraform.show

    def show_and_modify(terraform: Terraform) -> str:
        text = show(terraform)
        with terraform.plan_file.open("ab") as file:
            file.write(b"more")
        return text

    monkeypatch.setattr(Terraform, "show", show_and_modify)
    code, _, stderr = local_project.deploy("dev", "--approve", reviewed)
    assert code == 4
    assert "the plan file of dev was changed since it was planned. Nothing was applied." in stderr
    assert local_project.deployed_value("dev") is None


def test_a_deleted_plan_file_is_not_applied(
    local_project: LocalProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    local_project.write_stacks(dev="one")
    (reviewed,) = local_project.plan_fingerprints("dev")
    show = Terraform.show

    def show_and_delete(terraform: Terraform) -> str:
        text = show(terraform)
        terraform.plan_file.unlink()
        return text

    monkeypatch.setattr(Terraform, "show", show_and_delete)
    code, _, stderr = local_project.deploy("dev", "--approve", reviewed)
    assert code == 4
    assert "the plan file of dev was changed since it was planned. Nothing was applied." in stderr


def test_a_removed_output_is_a_change(local_project: LocalProject) -> None:
    local_project.write_stacks(dev="one")
    assert local_project.deploy("dev")[0] == 0
    local_project.remove_output("dev")
    (reviewed,) = local_project.plan_fingerprints("dev")
    assert local_project.deploy("dev", "--approve", reviewed)[0] == 0
    assert local_project.deployed_value("dev") is None


def test_a_failed_apply_explains_that_the_stack_may_be_partly_deployed(local_project: LocalProject) -> None:
    local_project.write_stacks(dev="one")
    local_project.add_provisioner("dev", "exit 3")
    code, _, stderr = local_project.deploy("dev")
    assert code == 4
    assert stderr.endswith("\ndev may be partly deployed. The state contains what was done: plan it again\n")


def test_outputs_are_printed_redacted_and_on_one_line_each(local_project: LocalProject) -> None:
    local_project.write_stacks(dev="postgres://ledger:Rj4x9Qm2@db/ledger\n::add-path::/tmp")
    code, stdout, _ = local_project.deploy("dev")
    assert code == 0
    (line,) = (line for line in stdout.splitlines() if "value = " in line)
    assert line == "  value = postgres://(secret)@db/ledger ::add-path::/tmp"
