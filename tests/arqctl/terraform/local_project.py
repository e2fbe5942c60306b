"""A project that real Terraform deploys for real, but to nowhere: of `terraform_data`, with local state."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.arqctl.command_line import run
from tests.arqctl.projects import Project

_APP = """
import os, shutil
shutil.copytree("cdktf.out", os.environ["CDKTF_OUTDIR"], dirs_exist_ok=True)
"""


@dataclass(frozen=True)
class LocalProject:
    """Each stack holds one value. What `arqctl` says is kept apart from what else is printed."""

    project: Project
    capsys: pytest.CaptureFixture[str]

    @property
    def root(self) -> Path:
        return self.project.root

    def holds(self, **values: str) -> None:
        """Write stacks that hold these values, and accept them. `_` in a name stands for a hyphen."""
        for name, value in values.items():
            self._stack(name.replace("_", "-"), value)
        self.project.write("app.py", _APP)
        self.project.write("cdktf.json", json.dumps({"language": "python", "app": "python app.py"}))
        self.arqctl("snapshot", "update", "--from", "cdktf.out")

    def builds_on(self, name: str, below: str) -> None:
        """Have a stack hold what another puts out."""
        state = {"backend": "local", "config": {"path": str(self._state(below))}}
        value = f"${{data.terraform_remote_state.{below}.outputs.value}}"
        self._stack(name, value, data={"terraform_remote_state": {below: state}})
        self.orders(name, below)

    def runs(self, name: str, command: str) -> None:
        """Have a stack run a command on this machine when it is made."""
        self._edits(
            name, lambda stack: self._main(stack).update(provisioner=[{"local-exec": {"command": command}}])
        )

    def puts_nothing_out(self, name: str) -> None:
        """Take a stack's output away."""
        self._edits(name, lambda stack: stack.pop("output"))

    def orders(self, name: str, below: str) -> None:
        """Have a stack deployed after another."""
        manifest = self.project.outdir / "manifest.json"
        document = json.loads(manifest.read_text())
        document["stacks"][name]["dependencies"] = [below]
        manifest.write_text(json.dumps(document))
        self.arqctl("snapshot", "update", "--from", "cdktf.out")

    def protects(self, *names: str) -> None:
        self.project.write("pyproject.toml", f"[tool.arqctl]\nprotected = {json.dumps(names)}\n")

    def arqctl(self, *words: str) -> tuple[int, str, str]:
        """The exit code, and what is said on both channels."""
        return run(self.capsys, *words)

    def fingerprints(self, *words: str) -> list[str]:
        """What `arqctl plan` says."""
        code, said, complaint = self.arqctl("plan", *words)
        assert code == 0, complaint
        return re.findall(r"fingerprint +([0-9a-f]{32})", said)

    def deployed(self, stack: str) -> str | None:
        """The value that a stack was deployed with."""
        file = self._state(stack)
        outputs: Mapping[str, Mapping[str, str]] = (
            json.loads(file.read_text())["outputs"] if file.is_file() else {}
        )
        return outputs["value"]["value"] if outputs else None

    def left(self) -> list[str]:
        """Files beside the stacks that would give secrets or tags away."""
        names = ("plan", "break_glass_override.tf.json")
        return [str(each) for name in names for each in (self.root / ".arq").rglob(name)]

    def _stack(self, name: str, value: str, **blocks: object) -> None:
        self.project.stack(
            name,
            {"terraform_data": {"main": {"input": value}}},
            terraform={"backend": {"local": {"path": str(self._state(name))}}},
            output={"value": {"value": "${terraform_data.main.output}"}},
            **blocks,
        )

    def _edits(self, name: str, edit: Callable[[dict[str, Any]], object]) -> None:
        file = self.project.outdir / "stacks" / name / "cdk.tf.json"
        document = json.loads(file.read_text())
        edit(document)
        file.write_text(json.dumps(document))
        self.arqctl("snapshot", "update", "--from", "cdktf.out")

    @staticmethod
    def _main(stack: dict[str, Any]) -> dict[str, Any]:
        main: dict[str, Any] = stack["resource"]["terraform_data"]["main"]
        return main

    def _state(self, name: str) -> Path:
        return self.root / "state" / f"{name}.tfstate"
