"""Approval and gate are checked before Terraform runs."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.arqctl.projects import OPEN_DATABASE
from tests.arqctl.terraform.fake_terraform import FakeTerraform
from tests.arqctl.terraform.local_project import LocalProject

REASON = "the ledger is down, ARQ-7"


def test_a_protected_environment_needs_an_approval(
    local_project: LocalProject, terraform: FakeTerraform
) -> None:
    local_project.write_stacks(dev="one")
    local_project.protect_environments("dev")
    code, _, stderr = local_project.deploy("dev")
    assert (code, stderr) == (
        2,
        "arqctl: dev: is protected, so its plan must be approved. Review `arqctl plan dev` and add"
        ' --approve FINGERPRINT; in an emergency, --break-glass "reason"\n',
    )
    assert terraform.log == ""
    assert local_project.deploy("dev", "--approve", terraform.fingerprint("dev"))[0] == 0


def test_all_stacks_of_a_protected_environment_are_protected(
    local_project: LocalProject, terraform: FakeTerraform
) -> None:
    local_project.write_stacks(dev="one", dev_bootstrap="two")
    local_project.protect_environments("dev")
    assert local_project.deploy("dev-bootstrap")[0] == 2
    assert terraform.log == ""


def test_an_unknown_name_in_protected_is_rejected(
    local_project: LocalProject, terraform: FakeTerraform
) -> None:
    local_project.write_stacks(dev="one")
    local_project.protect_environments("prod", "dve")
    code, _, stderr = local_project.deploy("dev")
    assert code == 2
    assert "protects 'prod', which is not an environment" in stderr
    assert "protects 'dve', which is not an environment" in stderr
    assert terraform.log == ""


@pytest.mark.parametrize(
    "options", [(), ("--approve", "0123456789abcdef0123456789abcdef"), ("--break-glass", REASON)]
)
def test_no_option_skips_the_gate(
    options: tuple[str, ...],
    local_project: LocalProject,
    terraform: FakeTerraform,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    local_project.write_stacks(dev="one")
    local_project.project.stack("dev", OPEN_DATABASE)
    monkeypatch.setenv("ARQ_GATE", "off")
    code, stdout, _ = local_project.deploy("dev", *options)
    assert code == 4
    assert "CKV_AWS_16" in stdout
    assert terraform.log == ""


def test_a_return_uses_the_waivers_of_the_day_of_its_deployment(
    local_project: LocalProject, terraform: FakeTerraform
) -> None:
    local_project.write_stacks(dev="one")
    local_project.project.stack("dev", OPEN_DATABASE)
    expired = datetime.now(UTC).date() - timedelta(days=1)
    for rule in ("CKV_AWS_16", "CKV_AWS_17"):
        local_project.project.waive(rule=rule, expires=expired)
    code, stdout, _ = local_project.deploy("dev", "--break-glass", REASON)
    assert (code, terraform.log) == (4, "")
    assert f"expired on {expired}" in " ".join(stdout.split())
    code, stdout, _ = local_project.deploy("dev", "--break-glass", REASON, "--waivers-on", str(expired))
    assert f"Waivers are compared with {expired}\n" in stdout
    assert "expired on" not in " ".join(stdout.split())


def test_only_an_emergency_uses_waivers_of_another_day(local_project: LocalProject) -> None:
    local_project.write_stacks(dev="one")
    code, _, stderr = local_project.deploy("dev", "--waivers-on", "2026-11-01")
    assert code == 2
    assert "--waivers-on: requires --break-glass" in stderr


def test_plan_needs_neither_gate_nor_approval(local_project: LocalProject, terraform: FakeTerraform) -> None:
    local_project.write_stacks(dev="one")
    local_project.protect_environments("dev")
    local_project.project.stack("dev", OPEN_DATABASE)
    assert local_project.arqctl("plan", "dev")[0] == 0
    assert "dev plan" in terraform.commands
