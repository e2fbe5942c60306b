"""What was reviewed is deployed, by real Terraform, and what wasn't isn't."""

import pytest

from arqctl.core.progress import ProgressCallback
from arqctl.core.terraform_cli import Terraform
from arqctl.plan.fingerprint import fingerprint
from arqctl.plan.parser import read_plan
from tests.arqctl.terraform.local_project import LocalProject


def test_what_was_reviewed_is_deployed(local_project: LocalProject) -> None:
    local_project.write_stacks(dev="one")
    (reviewed,) = local_project.plan_fingerprints("dev")
    code, stdout, stderr = local_project.deploy("dev", "--approve", reviewed)
    assert (code, stderr) == (0, "")
    assert local_project.deployed_value("dev") == "one"
    assert "value = one" in stdout
    assert local_project.leftover_files() == []


def test_what_changed_since_the_review_is_refused_and_told(local_project: LocalProject) -> None:
    local_project.write_stacks(dev="one")
    (reviewed,) = local_project.plan_fingerprints("dev")
    local_project.write_stacks(dev="another")
    code, _, stderr = local_project.deploy("dev", "--approve", reviewed)
    assert code == 4
    assert stderr.startswith("Refused: dev's plan isn't what was reviewed: its fingerprint is ")
    assert "1 to create" in stderr
    assert local_project.deployed_value("dev") is None
    assert local_project.leftover_files() == []


def test_what_was_deployed_meanwhile_needs_no_review(local_project: LocalProject) -> None:
    local_project.write_stacks(dev="one")
    (reviewed,) = local_project.plan_fingerprints("dev")
    assert local_project.deploy("dev")[0] == 0
    code, stdout, _ = local_project.deploy("dev", "--approve", reviewed)
    assert (code, "nothing to do" in stdout) == (0, True)


def test_several_stacks_are_approved_each_or_as_one(local_project: LocalProject) -> None:
    local_project.write_stacks(dev="one", dev_platform="two")
    local_project.set_dependency("dev-platform", "dev")
    first, second = local_project.plan_fingerprints("dev", "--out-dir", "plans")
    assert local_project.deploy("dev", "--approve", second)[0] == 4
    assert (local_project.deployed_value("dev"), local_project.deployed_value("dev-platform")) == (None, None)
    assert local_project.deploy("dev", "--approve", first, "--approve", second)[0] == 0
    assert (local_project.deployed_value("dev"), local_project.deployed_value("dev-platform")) == (
        "one",
        "two",
    )

    local_project.write_stacks(dev="three", dev_platform="four")
    local_project.set_dependency("dev-platform", "dev")
    local_project.plan_fingerprints("dev", "--out-dir", "plans")
    as_one = fingerprint(
        read_plan(
            (local_project.root / f"plans/{name}.json").read_text(), stack=name, environment="dev", paths={}
        )
        for name in ("dev", "dev-platform")
    )
    assert local_project.deploy("dev", "--approve", as_one)[0] == 0
    assert (local_project.deployed_value("dev"), local_project.deployed_value("dev-platform")) == (
        "three",
        "four",
    )


def test_a_stack_that_changes_with_the_one_below_it_is_not_deployed_unseen(
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
    assert "dev-platform builds on what was just deployed, so it is planned again" in stdout
    assert stderr.startswith("Refused: what dev-platform builds on is deployed, and it is not.\n")
    assert (local_project.deployed_value("dev"), local_project.deployed_value("dev-platform")) == (
        "two",
        "one",
    )
    _, second = local_project.plan_fingerprints("dev")
    assert local_project.deploy("dev", "--approve", second)[0] == 0
    assert local_project.deployed_value("dev-platform") == "two"


def test_a_state_that_changed_since_the_plan_is_explained(
    local_project: LocalProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    local_project.write_stacks(dev="one")
    local_project.deploy("dev")
    local_project.write_stacks(dev="two")
    (reviewed,) = local_project.plan_fingerprints("dev")
    apply = Terraform.apply

    def after_another(terraform: Terraform, tell: ProgressCallback) -> object:
        terraform._output("apply", "-auto-approve", "-input=false")
        return apply(terraform, tell)

    monkeypatch.setattr(Terraform, "apply", after_another)
    code, _, stderr = local_project.deploy("dev", "--approve", reviewed)
    assert code == 4
    assert stderr == (
        "Refused: dev's state was changed by someone else since it was planned. Nothing was applied.\n"
        "Run it again: it plans anew, and compares that with the review\n"
    )


def test_a_plan_file_that_someone_writes_to_is_not_applied(
    local_project: LocalProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    local_project.write_stacks(dev="one")
    (reviewed,) = local_project.plan_fingerprints("dev")
    show = Terraform.show

    def then_tampered(terraform: Terraform) -> str:
        text = show(terraform)
        with terraform.plan_file.open("ab") as opened:
            opened.write(b"more")
        return text

    monkeypatch.setattr(Terraform, "show", then_tampered)
    code, _, stderr = local_project.deploy("dev", "--approve", reviewed)
    assert code == 4
    assert "dev's plan file was changed since it was planned. Nothing was applied." in stderr
    assert local_project.deployed_value("dev") is None


def test_a_plan_file_that_someone_takes_away_is_not_made_anew(
    local_project: LocalProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    local_project.write_stacks(dev="one")
    (reviewed,) = local_project.plan_fingerprints("dev")
    show = Terraform.show

    def then_gone(terraform: Terraform) -> str:
        text = show(terraform)
        terraform.plan_file.unlink()
        return text

    monkeypatch.setattr(Terraform, "show", then_gone)
    code, _, stderr = local_project.deploy("dev", "--approve", reviewed)
    assert code == 4
    assert "dev's plan file was changed since it was planned. Nothing was applied." in stderr


def test_an_output_that_goes_is_something_to_do(local_project: LocalProject) -> None:
    local_project.write_stacks(dev="one")
    assert local_project.deploy("dev")[0] == 0
    local_project.remove_output("dev")
    (reviewed,) = local_project.plan_fingerprints("dev")
    assert local_project.deploy("dev", "--approve", reviewed)[0] == 0
    assert local_project.deployed_value("dev") is None


def test_what_broke_off_is_told_to_be_half_done(local_project: LocalProject) -> None:
    local_project.write_stacks(dev="one")
    local_project.add_provisioner("dev", "exit 3")
    code, _, stderr = local_project.deploy("dev")
    assert code == 4
    assert stderr.endswith(
        "\ndev may be deployed in part: the state has what was done. Plan it again for the rest\n"
    )


def test_outputs_are_told_without_secrets_and_each_in_one_line(local_project: LocalProject) -> None:
    local_project.write_stacks(dev="postgres://ledger:Rj4x9Qm2@db/ledger\n::add-path::/tmp")
    code, stdout, _ = local_project.deploy("dev")
    assert code == 0
    (line,) = (line for line in stdout.splitlines() if "value = " in line)
    assert line == "  value = postgres://(secret)@db/ledger ::add-path::/tmp"
