"""cdktf on offline AWS: the arguments and environment variables that it is started with."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.arqctl.projects import Project

NODE = f"""#!{sys.executable}
import json, os, sys
kept = ("TF_CLI_CONFIG_FILE", "ARQ_OFFLINE_DIR", "ARQ_OFFLINE_DESTROY", "TERRAFORM_BINARY_NAME")
print(json.dumps([sys.argv[1:], {{name: os.environ.get(name) for name in kept}}]))
"""


@dataclass(frozen=True)
class Cdktf:
    """A project, and a fake cdktf that prints its arguments and environment variables."""

    project: Path
    programs: Path

    @property
    def offline_dir(self) -> Path:
        return self.project / ".arq/offline"

    def start(self, *command: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        node = str(self.programs / "node")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("ARQ_OFFLINE")}
        return subprocess.run(
            [sys.executable, "-m", "arqctl.offline.cdktf", node, "cdktf.js", *command],
            cwd=folder or self.project,
            env={**inherited, "PATH": str(self.programs)},
            capture_output=True,
            text=True,
            check=False,
        )

    def start_and_parse(self, *command: str) -> tuple[list[str], dict[str, str | None]]:
        result = self.start(*command)
        assert (result.returncode, result.stderr) == (0, "")
        arguments, variables = json.loads(result.stdout)
        assert arguments[0] == "cdktf.js"
        return arguments[1:], variables


def program(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text)
    file.chmod(0o755)
    return file


@pytest.fixture
def cdktf(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Cdktf:
    programs = tmp_path_factory.mktemp("bin")
    program(programs, "node", NODE)
    program(programs, "terraform", "#!/bin/sh\n")
    project.write("cdktf.json", "{}")
    return Cdktf(project.root.resolve(), programs)


def test_a_deploy_uses_the_offline_folder_and_its_mirror(cdktf: Cdktf) -> None:
    command, variables = cdktf.start_and_parse("deploy", "dev", "--auto-approve")
    assert command == ["deploy", "dev", "--auto-approve", "--output", str(cdktf.offline_dir / "cdktf.out")]
    assert variables == {
        "TF_CLI_CONFIG_FILE": str(cdktf.offline_dir / "terraformrc"),
        "ARQ_OFFLINE_DIR": str(cdktf.offline_dir),
        "ARQ_OFFLINE_DESTROY": None,
        "TERRAFORM_BINARY_NAME": "terraform",
    }
    assert str(cdktf.offline_dir / "mirror") in (cdktf.offline_dir / "terraformrc").read_text()
    assert list(cdktf.offline_dir.glob("mirror/registry.terraform.io/hashicorp/aws/*/*/*"))


def test_a_destroy_lifts_prevent_destroy(cdktf: Cdktf) -> None:
    command, variables = cdktf.start_and_parse("destroy", "dev")
    assert command == ["destroy", "dev", "--output", str(cdktf.offline_dir / "cdktf.out")]
    assert variables["ARQ_OFFLINE_DESTROY"] == "1"


@pytest.mark.parametrize(
    "command",
    [
        ("plan", "dev"),
        ("apply", "dev"),
        ("outputs", "dev"),
        ("synthesize",),
        ("watch", "dev"),
        ("--log-level", "info", "deploy", "dev"),
    ],
)
def test_aliases_and_commands_after_options_use_the_offline_folder(
    cdktf: Cdktf, command: tuple[str, ...]
) -> None:
    started, _ = cdktf.start_and_parse(*command)
    assert started == [*command, "--output", str(cdktf.offline_dir / "cdktf.out")]


@pytest.mark.parametrize("command", [("--output", "out"), ("-o", "out"), ("--output=out",)])
def test_a_given_output_folder_is_used(cdktf: Cdktf, command: tuple[str, ...]) -> None:
    assert cdktf.start_and_parse("synth", *command)[0] == ["synth", *command]


@pytest.mark.parametrize("command", [(), ("--version",), ("get",)])
def test_commands_without_synthesis_are_passed_on(cdktf: Cdktf, command: tuple[str, ...]) -> None:
    assert cdktf.start_and_parse(*command)[0] == list(command)


def test_without_terraform_only_synthesis_works(cdktf: Cdktf) -> None:
    (cdktf.programs / "terraform").unlink()
    failed = cdktf.start("deploy", "dev")
    assert (failed.returncode, failed.stdout) == (2, "")
    assert failed.stderr.startswith("arqctl: terraform: isn't on the PATH")
    assert cdktf.start_and_parse("synth")[0] == ["synth", "--output", str(cdktf.offline_dir / "cdktf.out")]


def test_outside_a_project_it_fails(cdktf: Cdktf, tmp_path_factory: pytest.TempPathFactory) -> None:
    result = cdktf.start("deploy", folder=tmp_path_factory.mktemp("elsewhere"))
    assert result.returncode == 2
    assert "no cdktf.json" in result.stderr
