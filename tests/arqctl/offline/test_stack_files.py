"""The files that make a synthesized stack run offline, and their removal."""

import json
from pathlib import Path
from typing import Any

import pytest

from arqctl.core.assembly import Stack, read_assembly
from arqctl.core.errors import InputError
from arqctl.offline.mirror import MirroredProvider
from arqctl.offline.paths import OfflinePaths
from arqctl.offline.stack_files import remove_offline_files, write_offline_files
from tests.arqctl.projects import Project

PROVIDERS = (MirroredProvider("hashicorp/aws", "6.25.0"), MirroredProvider("hashicorp/random", "3.7.2"))
REQUIRED = {"required_providers": {"aws": {"source": "aws", "version": "6.25.0"}}}
DATABASES = {
    "aws_db_instance": {
        "protected": {"lifecycle": {"prevent_destroy": True, "ignore_changes": ["engine_version"]}},
        "unprotected": {},
    }
}


def prepared(project: Project, *, destroying: bool = False, **blocks: object) -> Stack:
    project.stack("dev", DATABASES, **{"terraform": REQUIRED, **blocks})
    stacks = read_assembly(project.outdir)
    write_offline_files(
        stacks,
        OfflinePaths(project.root / "home"),
        PROVIDERS,
        host="registry.terraform.io",
        destroying=destroying,
    )
    return stacks[0]


def override(stack: Stack) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((stack.file.parent / "offline_override.tf.json").read_text())
    return document


def test_state_is_local_in_the_offline_folder(project: Project) -> None:
    stack = prepared(project)
    path = override(stack)["terraform"]["backend"]["local"]["path"]
    assert path == str(project.root / "home/state/dev.tfstate")
    assert Path(path).parent.is_dir()


def test_outputs_of_another_stack_come_from_its_local_state(project: Project) -> None:
    """The S3 backend's `config` has keys that the local one rejects, so the override replaces it."""
    name = "cross-stack-reference-input-dev"
    remote = {"backend": "s3", "config": {"bucket": "states", "key": "dev.tfstate", "encrypt": True}}
    project.stack("dev-apps", {}, terraform=REQUIRED, data={"terraform_remote_state": {name: remote}})
    manifest = project.outdir / "manifest.json"
    document = json.loads(manifest.read_text())
    document["stacks"]["dev-apps"]["dependencies"] = ["dev"]
    manifest.write_text(json.dumps(document))
    prepared(project)
    apps = next(stack for stack in read_assembly(project.outdir) if stack.name == "dev-apps")
    assert override(apps)["data"]["terraform_remote_state"] == {
        name: {"backend": "local", "config": {"path": str(project.root / "home/state/dev.tfstate")}}
    }


def test_the_synthesized_file_does_not_change(project: Project) -> None:
    project.stack("dev", DATABASES, terraform=REQUIRED)
    before = (project.outdir / "stacks/dev/cdk.tf.json").read_bytes()
    prepared(project)
    assert (project.outdir / "stacks/dev/cdk.tf.json").read_bytes() == before


def test_the_files_and_an_output_contain_a_notice(project: Project) -> None:
    stack = prepared(project)
    offline_file = json.loads((stack.file.parent / "offline.tf.json").read_text())
    assert "simulated" in offline_file["output"]["offline_aws"]["value"]
    assert "simulated" in override(stack)["//"]


def test_only_needed_providers_are_locked(project: Project) -> None:
    lock = (prepared(project).file.parent / ".terraform.lock.hcl").read_text()
    assert 'provider "registry.terraform.io/hashicorp/aws"' in lock
    assert "random" not in lock


@pytest.mark.parametrize("source", ["hashicorp/aws", "registry.terraform.io/hashicorp/aws"])
def test_a_source_can_include_the_registry_host(project: Project, source: str) -> None:
    stack = prepared(project, terraform={"required_providers": {"aws": {"source": source}}})
    assert "hashicorp/aws" in (stack.file.parent / ".terraform.lock.hcl").read_text()


def test_a_provider_without_bindings_is_reported(project: Project) -> None:
    with pytest.raises(InputError, match="dev: provider hashicorp/null: can't be simulated"):
        prepared(project, terraform={"required_providers": {"null": {"source": "null"}}})


def test_plan_and_deploy_keep_prevent_destroy(project: Project) -> None:
    assert "resource" not in override(prepared(project))


def test_a_destroy_lifts_only_prevent_destroy(project: Project) -> None:
    resources = override(prepared(project, destroying=True))["resource"]
    assert resources == {"aws_db_instance": {"protected": {"lifecycle": {"prevent_destroy": False}}}}


def test_removal_keeps_the_synthesized_file(project: Project) -> None:
    stack = prepared(project)
    remove_offline_files([stack])
    assert [file.name for file in stack.file.parent.iterdir()] == ["cdk.tf.json"]


def test_removal_keeps_the_lock_file_of_real_runs(project: Project) -> None:
    project.stack("dev", DATABASES, terraform=REQUIRED)
    lock = project.write("cdktf.out/stacks/dev/.terraform.lock.hcl", "real")
    remove_offline_files(read_assembly(project.outdir))
    assert lock.read_text() == "real"
