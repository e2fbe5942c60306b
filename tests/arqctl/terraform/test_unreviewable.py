"""Plans with effects that cannot be reviewed are refused."""

import json

import pytest

from arqctl.terraform.unreviewable import unreviewable_effects
from tests.arqctl.terraform.local_project import LocalProject


def test_provisioners_are_found_also_in_modules() -> None:
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
def test_invoked_actions_are_found(key: str) -> None:
    plan = {key: [{"address": "action.aws_lambda_invoke.migrate"}]}
    assert unreviewable_effects(json.dumps(plan)) == ["action.aws_lambda_invoke.migrate is invoked"]


@pytest.mark.parametrize(
    "plan", [{}, {"configuration": {"root_module": {"resources": [{"address": "a.b"}]}}}]
)
def test_a_plan_without_provisioners_and_actions_has_no_unreviewable_effects(plan: object) -> None:
    assert unreviewable_effects(json.dumps(plan)) == []


def test_a_provisioner_requires_break_glass(local_project: LocalProject) -> None:
    marker = local_project.root / "ran"
    local_project.write_stacks(dev="one")
    local_project.add_provisioner("dev", f"touch {marker}")
    (reviewed,) = local_project.plan_fingerprints("dev")
    code, _, stderr = local_project.deploy("dev", "--approve", reviewed)
    assert code == 4
    assert stderr == (
        "Refused: Provisioners and actions are not in the plan, so they cannot be reviewed:\n"
        "    dev: terraform_data.main has the provisioner local-exec\n"
        "Remove them from the code, or in an emergency use --break-glass\n"
    )
    assert not marker.exists()
    assert local_project.deploy("dev", "--break-glass", "the ledger is down, ARQ-7")[0] == 0
    assert marker.exists()
