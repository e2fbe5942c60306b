"""Variables and files that change what Terraform deploys are rejected."""

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
def test_a_variable_that_selects_another_state_is_rejected(name: str, value: str) -> None:
    with pytest.raises(InputError, match=f"^{name}: selects another state"):
        reject_state_overrides({"HOME": "/", name: value})


def test_all_such_variables_are_listed() -> None:
    with pytest.raises(InputError) as caught:
        reject_state_overrides({"TF_WORKSPACE": "a", "TF_CLI_ARGS_plan": "-state=b"})
    assert [each.where for each in caught.value.problems] == ["TF_CLI_ARGS_plan", "TF_WORKSPACE"]


def test_other_variables_are_accepted() -> None:
    reject_state_overrides(
        {
            "TF_WORKSPACE": "default",
            "TF_CLI_ARGS_plan": "-parallelism=30 -lock-timeout=5m -var=upstate=1",
            "TF_CLI_ARGS_apply": "-lock-timeout=5m",
            "TF_VAR_state": "-state=x",
        }
    )


@pytest.mark.parametrize("command", [("plan", "dev"), ("deploy", "dev", "--yes")])
def test_a_workspace_in_a_variable_is_rejected(
    command: tuple[str, ...], local_project: LocalProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    local_project.write_stacks(dev="one")
    monkeypatch.setenv("TF_WORKSPACE", "another")
    code, _, stderr = local_project.arqctl(*command)
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
def test_an_extra_configuration_file_is_rejected(name: str, local_project: LocalProject) -> None:
    local_project.write_stacks(dev="one")
    (reviewed,) = local_project.plan_fingerprints("dev")
    folder = local_project.root / ".arq/aws/cdktf.out/stacks/dev"
    (folder / name).write_text('output "more" {\n  value = 1\n}\n')
    code, _, stderr = local_project.deploy("dev", "--approve", reviewed)
    assert code == 2
    assert f"stacks/dev/{name}: is not synthesized, but Terraform would read it" in stderr
    assert local_project.deployed_value("dev") is None


def test_a_workspace_selected_in_the_folder_is_rejected(local_project: LocalProject) -> None:
    local_project.write_stacks(dev="one")
    local_project.plan_fingerprints("dev")
    workspace = local_project.root / ".arq/aws/cdktf.out/stacks/dev/.terraform/environment"
    workspace.write_text("another")
    code, _, stderr = local_project.deploy("dev")
    assert (code, str(workspace) in stderr) == (2, True)
    workspace.write_text("default\n")
    assert local_project.deploy("dev")[0] == 0
