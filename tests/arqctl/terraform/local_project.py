"""A project of `terraform_data` with local state, which real Terraform deploys without AWS."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.arqctl.command_line import run
from tests.arqctl.projects import Project

EU_WEST: dict[str, object] = {"provider": {"aws": [{"region": "eu-west-1"}]}}

_APP = """
import os, shutil
shutil.copytree("cdktf.out", os.environ["CDKTF_OUTDIR"], dirs_exist_ok=True)
"""


@dataclass(frozen=True)
class LocalProject:
    """A project whose stacks have one value each, which is also their output."""

    project: Project
    capsys: pytest.CaptureFixture[str]

    @property
    def root(self) -> Path:
        return self.project.root

    def write_stacks(self, **values: str) -> None:
        """Write stacks with these values and their snapshots. `_` in a name stands for a hyphen."""
        for name, value in values.items():
            self._write_stack(name.replace("_", "-"), value)
        self.project.write("app.py", _APP)
        self.project.write("cdktf.json", json.dumps({"language": "python", "app": "python app.py"}))
        self._update_snapshots()

    def write_dependent_stack(self, name: str, dependency: str) -> None:
        """Write a stack whose value is another stack's output."""
        state = {"backend": "local", "config": {"path": str(self._state_file(dependency))}}
        value = f"${{data.terraform_remote_state.{dependency}.outputs.value}}"
        self._write_stack(name, value, data={"terraform_remote_state": {dependency: state}})
        self.set_dependency(name, dependency)

    def add_provisioner(self, name: str, command: str) -> None:
        """Run a command on this machine when the stack's resource is created."""
        provisioner = [{"local-exec": {"command": command}}]
        self._edit_stack(
            name, lambda stack: stack["resource"]["terraform_data"]["main"].update(provisioner=provisioner)
        )

    def add_slow_resource(self, name: str, command: str) -> None:
        """Add a resource to the stack that is created last. It runs a command, then takes a minute."""
        slow = {
            "depends_on": ["terraform_data.main"],
            "provisioner": [{"local-exec": {"command": f"{command}; exec sleep 60"}}],
        }
        self._edit_stack(name, lambda stack: stack["resource"]["terraform_data"].update(slow=slow))

    def use_state_server(self, name: str, address: str) -> None:
        """Keep the stack's state on a server with Terraform's HTTP protocol."""
        backend = {
            "address": address,
            "lock_address": address,
            "unlock_address": address,
            "retry_max": 0,
        }
        self._edit_stack(name, lambda stack: stack["terraform"].update(backend={"http": backend}))

    def add_recovery_key(self, name: str) -> None:
        """Add the alias of a recovery key to the stack of this name, which is not deployed."""
        alias = f"alias/{name.partition('-')[0]}-state-recovery-key"
        self.project.stack(name, {"aws_kms_alias": {"recovery": {"name": alias}}}, **EU_WEST)
        self._update_snapshots()

    def protect_resource(self, name: str) -> None:
        """Set `prevent_destroy` on the stack's resource."""
        self._edit_stack(
            name,
            lambda stack: stack["resource"]["terraform_data"]["main"].update(
                lifecycle={"prevent_destroy": True}
            ),
        )

    def add_output(self, name: str, output: str, value: object) -> None:
        """Add an output to the stack."""
        self._edit_stack(name, lambda stack: stack["output"].update({output: {"value": value}}))

    def remove_output(self, name: str) -> None:
        self._edit_stack(name, lambda stack: stack.pop("output"))

    def set_dependency(self, name: str, dependency: str) -> None:
        """Make a stack depend on another."""
        manifest = self.project.outdir / "manifest.json"
        document = json.loads(manifest.read_text())
        document["stacks"][name]["dependencies"] = [dependency]
        manifest.write_text(json.dumps(document))
        self._update_snapshots()

    def protect_environments(self, *names: str) -> None:
        self.project.write("pyproject.toml", f"[tool.arqctl]\nprotected = {json.dumps(names)}\n")

    def arqctl(self, *arguments: str) -> tuple[int, str, str]:
        """Run a command, and return its exit code, standard output and standard error."""
        return run(self.capsys, *arguments)

    def deploy(self, *arguments: str) -> tuple[int, str, str]:
        """Run `arqctl deploy` without a prompt."""
        return self.arqctl("deploy", *arguments, "--yes")

    def plan_fingerprints(self, *arguments: str) -> list[str]:
        """Run `arqctl plan`, and return the fingerprints that it prints."""
        code, stdout, stderr = self.arqctl("plan", *arguments)
        assert code == 0, stderr
        return re.findall(r"fingerprint +([0-9a-f]{32})", stdout)

    def deployed_value(self, stack: str) -> str | None:
        """Return the stack's output in its state."""
        file = self._state_file(stack)
        outputs: Mapping[str, Mapping[str, str]] = (
            json.loads(file.read_text())["outputs"] if file.is_file() else {}
        )
        return outputs["value"]["value"] if outputs else None

    def leftover_files(self) -> list[str]:
        """Return the plan files and break-glass overrides that were not deleted."""
        names = ("plan", "break_glass_override.tf.json")
        return [str(file) for name in names for file in (self.root / ".arq").rglob(name)]

    def _write_stack(self, name: str, value: str, **blocks: object) -> None:
        self.project.stack(
            name,
            {"terraform_data": {"main": {"input": value}}},
            terraform={"backend": {"local": {"path": str(self._state_file(name))}}},
            output={"value": {"value": "${terraform_data.main.output}"}},
            **blocks,
        )

    def _edit_stack(self, name: str, edit: Callable[[dict[str, Any]], object]) -> None:
        file = self.project.outdir / "stacks" / name / "cdk.tf.json"
        document = json.loads(file.read_text())
        edit(document)
        file.write_text(json.dumps(document))
        self._update_snapshots()

    def _update_snapshots(self) -> None:
        self.arqctl("snapshot", "update", "--from", "cdktf.out")

    def _state_file(self, name: str) -> Path:
        return self.root / "state" / f"{name}.tfstate"
