"""What keeps a deployment from AWS before Terraform is asked anything."""

import pytest

from tests.arqctl.projects import OPEN_DATABASE
from tests.arqctl.terraform.fake_terraform import FakeTerraform
from tests.arqctl.terraform.local_project import LocalProject

REASON = "the ledger is down, ARQ-7"


def test_what_is_protected_is_deployed_as_reviewed_only(
    local: LocalProject, terraform: FakeTerraform
) -> None:
    local.holds(dev="one")
    local.protects("dev")
    code, _, complaint = local.arqctl("deploy", "dev")
    assert (code, complaint) == (
        2,
        "arqctl: dev: is protected: it is deployed as it was reviewed. Review `arqctl plan dev` and give"
        ' --reviewed FINGERPRINT; in an emergency, --break-glass "reason"\n',
    )
    assert terraform.words == ""
    assert local.arqctl("deploy", "dev", "--reviewed", terraform.fingerprint("dev"))[0] == 0


def test_all_stacks_of_it_are_protected(local: LocalProject, terraform: FakeTerraform) -> None:
    local.holds(dev="one", dev_bootstrap="two")
    local.protects("dev")
    assert local.arqctl("deploy", "dev-bootstrap")[0] == 2
    assert terraform.words == ""


def test_a_misspelt_name_protects_nothing_and_is_refused(
    local: LocalProject, terraform: FakeTerraform
) -> None:
    local.holds(dev="one")
    local.protects("prod", "dve")
    code, _, complaint = local.arqctl("deploy", "dev")
    assert code == 2
    assert "protects 'prod', which is no environment" in complaint
    assert "protects 'dve', which is no environment" in complaint
    assert terraform.words == ""


@pytest.mark.parametrize(
    "words", [(), ("--reviewed", "0123456789abcdef0123456789abcdef"), ("--break-glass", REASON)]
)
def test_nothing_gets_past_the_gate(
    words: tuple[str, ...], local: LocalProject, terraform: FakeTerraform, monkeypatch: pytest.MonkeyPatch
) -> None:
    local.holds(dev="one")
    local.project.stack("dev", OPEN_DATABASE)
    monkeypatch.setenv("ARQ_GATE", "off")
    code, said, _ = local.arqctl("deploy", "dev", *words)
    assert code == 4
    assert "CKV_AWS_16" in said
    assert terraform.words == ""


def test_a_plan_needs_neither(local: LocalProject, terraform: FakeTerraform) -> None:
    local.holds(dev="one")
    local.protects("dev")
    local.project.stack("dev", OPEN_DATABASE)
    assert local.arqctl("plan", "dev")[0] == 0
    assert "dev plan" in terraform.ran
