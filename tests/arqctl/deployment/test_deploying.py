"""What was reviewed is deployed, by real Terraform, and what wasn't isn't."""

import pytest

from arqctl.review.fingerprint import fingerprint
from arqctl.review.reading import read_plan
from arqctl.terraform import Tell, Terraform
from tests.arqctl.deployment.local_project import LocalProject


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
    first, second = local.fingerprints("dev", "--json", "plans")
    assert local.arqctl("deploy", "dev", "--reviewed", second)[0] == 4
    assert (local.deployed("dev"), local.deployed("dev-platform")) == (None, None)
    assert local.arqctl("deploy", "dev", "--reviewed", first, "--reviewed", second)[0] == 0
    assert (local.deployed("dev"), local.deployed("dev-platform")) == ("one", "two")

    local.holds(dev="three", dev_platform="four")
    local.orders("dev-platform", "dev")
    local.fingerprints("dev", "--json", "plans")
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
