"""Nothing but what was synthesized, judged and reviewed is deployed, and to no state but its own."""

import pytest

from arqctl.core.errors import InputError
from arqctl.terraform.preflight import reject_state_overrides
from tests.arqctl.terraform.local_project import LocalProject


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TF_WORKSPACE", "another"),
        ("TF_CLI_ARGS", "-no-color -state=/tmp/other"),
        ("TF_CLI_ARGS_init", "-backend-config=key=other.tfstate"),
        ("TF_CLI_ARGS_init", "--backend=false"),
        ("TF_CLI_ARGS_apply", "-state-out other"),
    ],
)
def test_a_variable_that_names_another_state_is_refused(name: str, value: str) -> None:
    with pytest.raises(InputError, match=f"^{name}: has Terraform use another state"):
        reject_state_overrides({"HOME": "/", name: value})


def test_all_of_them_are_told_at_once() -> None:
    with pytest.raises(InputError) as told:
        reject_state_overrides({"TF_WORKSPACE": "a", "TF_CLI_ARGS_plan": "-state=b"})
    assert [each.where for each in told.value.problems] == ["TF_CLI_ARGS_plan", "TF_WORKSPACE"]


def test_what_names_no_state_is_its_users_own() -> None:
    reject_state_overrides(
        {
            "TF_WORKSPACE": "default",
            "TF_CLI_ARGS_plan": "-parallelism=30 -lock-timeout=5m -var=upstate=1",
            "TF_CLI_ARGS_apply": "-lock-timeout=5m",
            "TF_VAR_state": "-state=x",
        }
    )


@pytest.mark.parametrize("words", [("plan", "dev"), ("deploy", "dev")])
def test_a_workspace_is_not_deployed_to(
    words: tuple[str, ...], local_project: LocalProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    local_project.write_stacks(dev="one")
    monkeypatch.setenv("TF_WORKSPACE", "another")
    code, _, stderr = local_project.arqctl(*words)
    assert (code, "TF_WORKSPACE" in stderr) == (2, True)
    assert not (local_project.root / ".arq").exists()


@pytest.mark.parametrize(
    "name",
    [
        "more.tf",
        "more.tf.json",
        "cdk_override.tf.json",
        "more.tofu",
        "terraform.tfvars",
        "x.auto.tfvars.json",
    ],
)
def test_a_file_that_nothing_synthesized_is_not_deployed(name: str, local_project: LocalProject) -> None:
    local_project.write_stacks(dev="one")
    (reviewed,) = local_project.plan_fingerprints("dev")
    folder = local_project.root / ".arq/aws/cdktf.out/stacks/dev"
    (folder / name).write_text('output "more" {\n  value = 1\n}\n')
    code, _, stderr = local_project.deploy("dev", "--approve", reviewed)
    assert code == 2
    assert f"stacks/dev/{name}: isn't synthesized, and Terraform would read it as well" in stderr
    assert local_project.deployed_value("dev") is None


def test_a_workspace_that_was_chosen_in_the_folder_is_not_deployed_to(local_project: LocalProject) -> None:
    local_project.write_stacks(dev="one")
    local_project.plan_fingerprints("dev")
    chosen = local_project.root / ".arq/aws/cdktf.out/stacks/dev/.terraform/environment"
    chosen.write_text("another")
    code, _, stderr = local_project.deploy("dev")
    assert (code, str(chosen) in stderr) == (2, True)
    chosen.write_text("default\n")
    assert local_project.deploy("dev")[0] == 0
