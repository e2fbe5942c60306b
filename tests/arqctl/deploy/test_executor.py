"""What was reviewed is deployed, by real Terraform, and what wasn't isn't."""

import pytest

from arqctl.core.terraform_cli import Tell, Terraform
from arqctl.plan.fingerprint import fingerprint
from arqctl.plan.parser import read_plan
from tests.arqctl.terraform.local_project import LocalProject


def test_what_was_reviewed_is_deployed(local: LocalProject) -> None:
    local.holds(dev="one")
    (reviewed,) = local.fingerprints("dev")
    code, said, complaint = local.arqctl("deploy", "dev", "--reviewed", reviewed)
    assert (code, complaint) == (0, "")
    assert local.deployed("dev") == "one"
    assert "value = one" in said
    assert local.left() == []


def test_what_changed_since_the_review_is_refused_and_told(local: LocalProject) -> None:
    local.holds(dev="one")
    (reviewed,) = local.fingerprints("dev")
    local.holds(dev="another")
    code, _, complaint = local.arqctl("deploy", "dev", "--reviewed", reviewed)
    assert code == 4
    assert complaint.startswith("Refused: dev's plan isn't what was reviewed: its fingerprint is ")
    assert "1 to create" in complaint
    assert local.deployed("dev") is None
    assert local.left() == []


def test_what_was_deployed_meanwhile_needs_no_review(local: LocalProject) -> None:
    local.holds(dev="one")
    (reviewed,) = local.fingerprints("dev")
    assert local.arqctl("deploy", "dev")[0] == 0
    code, said, _ = local.arqctl("deploy", "dev", "--reviewed", reviewed)
    assert (code, "nothing to do" in said) == (0, True)


def test_several_stacks_are_approved_each_or_as_one(local: LocalProject) -> None:
    local.holds(dev="one", dev_platform="two")
    local.orders("dev-platform", "dev")
    first, second = local.fingerprints("dev", "--out-dir", "plans")
    assert local.arqctl("deploy", "dev", "--reviewed", second)[0] == 4
    assert (local.deployed("dev"), local.deployed("dev-platform")) == (None, None)
    assert local.arqctl("deploy", "dev", "--reviewed", first, "--reviewed", second)[0] == 0
    assert (local.deployed("dev"), local.deployed("dev-platform")) == ("one", "two")

    local.holds(dev="three", dev_platform="four")
    local.orders("dev-platform", "dev")
    local.fingerprints("dev", "--out-dir", "plans")
    as_one = fingerprint(
        read_plan((local.root / f"plans/{name}.json").read_text(), stack=name, environment="dev", paths={})
        for name in ("dev", "dev-platform")
    )
    assert local.arqctl("deploy", "dev", "--reviewed", as_one)[0] == 0
    assert (local.deployed("dev"), local.deployed("dev-platform")) == ("three", "four")


def test_a_stack_that_changes_with_the_one_below_it_is_not_deployed_unseen(local: LocalProject) -> None:
    local.holds(dev="one")
    local.builds_on("dev-platform", "dev")
    assert local.arqctl("deploy", "dev")[0] == 0
    assert local.deployed("dev-platform") == "one"
    local.holds(dev="two")
    local.builds_on("dev-platform", "dev")
    first, unchanged = local.fingerprints("dev")
    code, said, complaint = local.arqctl("deploy", "dev", "--reviewed", first, "--reviewed", unchanged)
    assert code == 4
    assert "dev-platform builds on what was just deployed, so it is planned again" in said
    assert complaint.startswith("Refused: what dev-platform builds on is deployed, and it is not.\n")
    assert (local.deployed("dev"), local.deployed("dev-platform")) == ("two", "one")
    _, second = local.fingerprints("dev")
    assert local.arqctl("deploy", "dev", "--reviewed", second)[0] == 0
    assert local.deployed("dev-platform") == "two"


def test_a_state_that_changed_since_the_plan_is_explained(
    local: LocalProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    local.holds(dev="one")
    local.arqctl("deploy", "dev")
    local.holds(dev="two")
    (reviewed,) = local.fingerprints("dev")
    apply = Terraform.apply

    def after_another(terraform: Terraform, tell: Tell) -> object:
        terraform._output("apply", "-auto-approve", "-input=false")
        return apply(terraform, tell)

    monkeypatch.setattr(Terraform, "apply", after_another)
    code, _, complaint = local.arqctl("deploy", "dev", "--reviewed", reviewed)
    assert code == 4
    assert complaint == (
        "Refused: dev's state was changed by someone else since it was planned. Nothing was applied.\n"
        "Run it again: it plans anew, and compares that with the review\n"
    )


def test_a_plan_file_that_someone_writes_to_is_not_applied(
    local: LocalProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    local.holds(dev="one")
    (reviewed,) = local.fingerprints("dev")
    show = Terraform.show

    def then_tampered(terraform: Terraform) -> str:
        text = show(terraform)
        with terraform.plan_file.open("ab") as opened:
            opened.write(b"more")
        return text

    monkeypatch.setattr(Terraform, "show", then_tampered)
    code, _, complaint = local.arqctl("deploy", "dev", "--reviewed", reviewed)
    assert code == 4
    assert "dev's plan file was changed since it was planned. Nothing was applied." in complaint
    assert local.deployed("dev") is None


def test_a_plan_file_that_someone_takes_away_is_not_made_anew(
    local: LocalProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    local.holds(dev="one")
    (reviewed,) = local.fingerprints("dev")
    show = Terraform.show

    def then_gone(terraform: Terraform) -> str:
        text = show(terraform)
        terraform.plan_file.unlink()
        return text

    monkeypatch.setattr(Terraform, "show", then_gone)
    code, _, complaint = local.arqctl("deploy", "dev", "--reviewed", reviewed)
    assert code == 4
    assert "dev's plan file was changed since it was planned. Nothing was applied." in complaint


def test_an_output_that_goes_is_something_to_do(local: LocalProject) -> None:
    local.holds(dev="one")
    assert local.arqctl("deploy", "dev")[0] == 0
    local.puts_nothing_out("dev")
    (reviewed,) = local.fingerprints("dev")
    assert local.arqctl("deploy", "dev", "--reviewed", reviewed)[0] == 0
    assert local.deployed("dev") is None


def test_what_broke_off_is_told_to_be_half_done(local: LocalProject) -> None:
    local.holds(dev="one")
    local.runs("dev", "exit 3")
    code, _, complaint = local.arqctl("deploy", "dev")
    assert code == 4
    assert complaint.endswith(
        "\ndev may be deployed in part: the state has what was done. Plan it again for the rest\n"
    )


def test_outputs_are_told_without_secrets_and_each_in_one_line(local: LocalProject) -> None:
    local.holds(dev="postgres://ledger:Rj4x9Qm2@db/ledger\n::add-path::/tmp")
    code, said, _ = local.arqctl("deploy", "dev")
    assert code == 0
    (line,) = (line for line in said.splitlines() if "value = " in line)
    assert line == "  value = postgres://(secret)@db/ledger ::add-path::/tmp"
