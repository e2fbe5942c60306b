"""What runs with an apply and stands in no plan is not deployed as reviewed."""

import json

import pytest

from arqctl.terraform.unreviewable import unreviewable_effects
from tests.arqctl.terraform.local_project import LocalProject


def test_provisioners_are_found_in_modules_too() -> None:
    resource = {"address": "aws_eip.a", "provisioners": [{"type": "local-exec"}, {"type": "file"}]}
    inner = {"resources": [{"address": "aws_eip.b", "provisioners": [{"type": "remote-exec"}]}]}
    calls = {"outer": {"module": {"module_calls": {"inner": {"module": inner}}}}}
    plan = {"configuration": {"root_module": {"resources": [resource], "module_calls": calls}}}
    assert unreviewable_effects(json.dumps(plan)) == [
        "aws_eip.a has the provisioner file",
        "aws_eip.a has the provisioner local-exec",
        "module.outer.module.inner.aws_eip.b has the provisioner remote-exec",
    ]


@pytest.mark.parametrize("key", ["action_invocations", "deferred_action_invocations"])
def test_actions_are_found(key: str) -> None:
    plan = {key: [{"address": "action.aws_lambda_invoke.migrate"}]}
    assert unreviewable_effects(json.dumps(plan)) == ["action.aws_lambda_invoke.migrate is invoked"]


@pytest.mark.parametrize(
    "plan", [{}, {"configuration": {"root_module": {"resources": [{"address": "a.b"}]}}}]
)
def test_a_plan_without_any_has_none(plan: object) -> None:
    assert unreviewable_effects(json.dumps(plan)) == []


def test_a_provisioner_is_deployed_in_an_emergency_only(local_project: LocalProject) -> None:
    ran = local_project.root / "ran"
    local_project.write_stacks(dev="one")
    local_project.add_provisioner("dev", f"touch {ran}")
    (reviewed,) = local_project.plan_fingerprints("dev")
    code, _, stderr = local_project.deploy("dev", "--approve", reviewed)
    assert code == 4
    assert stderr == (
        "Refused: what it runs stands in no plan, so nobody reviewed it:\n"
        "    dev: terraform_data.main has the provisioner local-exec\n"
        "Take it out of the code; in an emergency, --break-glass\n"
    )
    assert not ran.exists()
    assert local_project.deploy("dev", "--break-glass", "the ledger is down, ARQ-7")[0] == 0
    assert ran.exists()
