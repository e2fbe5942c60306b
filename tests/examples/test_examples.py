"""Runs every example: its app, its README's commands, and the gate of the project without the library."""

import json
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import cdktf
import pytest

import constructs_arq
from tests.arqctl.command_line import run
from tests.properties.terraform_json import TERRAFORM, find_problems, terraform_error

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
FOLDERS = sorted(each.name for each in EXAMPLES.iterdir() if each.is_dir() and not each.name.startswith("_"))
# The number of resources of the main types in each example. A new example needs an entry.
RESOURCES = {
    "cluster": {"aws_vpc": 1, "aws_eks_cluster": 1, "aws_eks_node_group": 1, "aws_s3_bucket": 2},
    "fleet": {"aws_vpc": 1, "aws_autoscaling_group": 1, "aws_launch_template": 1, "aws_lb_target_group": 1},
    "foreign_vpc": {"aws_db_instance": 1, "aws_s3_bucket": 2, "aws_eks_pod_identity_association": 1},
    "gate_only": {"aws_sqs_queue": 2},
    "network_and_database": {"aws_vpc": 1, "aws_subnet": 6, "aws_db_instance": 1, "aws_sns_topic": 2},
    "static_site": {"aws_cloudfront_distribution": 1, "aws_acm_certificate": 1, "aws_s3_bucket": 4},
}
GATE = "gate_only"
DEAD_LETTER_RULE = "CKV_SHIPPING_1"

Stack = dict[str, Any]
each_example = pytest.mark.parametrize("name", FOLDERS)


def synthesize(example: Path, outdir: Path) -> Path:
    """Run an example's app in this process, where the bindings are loaded, and return `outdir`."""
    with pytest.MonkeyPatch.context() as patch:
        for package in (cdktf, constructs_arq):
            patch.setattr(package, "App", partial(cdktf.App, outdir=str(outdir)))
        runpy.run_path(str(example / "main.py"), run_name="__main__")
    return outdir


def readme_commands(name: str) -> list[list[str]]:
    """Return the commands in the code block of an example's README."""
    lines = re.findall(r"^ {4}(\S.*)$", (EXAMPLES / name / "README.md").read_text(), re.MULTILINE)
    return [shlex.split(line, comments=True) for line in lines]


def copy_example(name: str, parent: Path) -> Path:
    """Copy an example, and set the expiry of its waivers to a future date."""
    folder = shutil.copytree(
        EXAMPLES / name, parent / name, ignore=shutil.ignore_patterns("cdktf.out", ".arq")
    )
    for file in folder.rglob("waivers.toml"):
        expiry = (datetime.now(UTC) + timedelta(days=180)).date()
        file.write_text(re.sub(r"(?m)^expires = .*$", f"expires = {expiry}", file.read_text()))
    return folder


@pytest.fixture(scope="module")
def stack_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A function that returns the folder of an example's only stack. It synthesizes each example once."""

    @cache
    def find(name: str) -> Path:
        outdir = synthesize(EXAMPLES / name, tmp_path_factory.mktemp(name))
        (folder,) = (outdir / "stacks").iterdir()
        return folder

    return find


@pytest.fixture
def gate_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project without the library, as current folder."""
    folder = copy_example(GATE, tmp_path)
    monkeypatch.chdir(folder)
    return folder


def read_stack(folder: Path) -> Stack:
    loaded: Stack = json.loads((folder / "cdk.tf.json").read_text())
    return loaded


def test_all_examples_are_tested() -> None:
    assert sorted(RESOURCES) == FOLDERS


@each_example
def test_example_has_its_files(name: str) -> None:
    app = json.loads((EXAMPLES / name / "cdktf.json").read_text())["app"]
    assert app == "python main.py"
    commands = readme_commands(name)
    assert app.split() in commands or ["arqctl", "gate"] in commands


@each_example
def test_index_lists_the_example(name: str) -> None:
    assert f"({name}/README.md)" in (EXAMPLES / "README.md").read_text()


@each_example
def test_example_writes_valid_terraform_json(name: str, stack_folder: Callable[[str], Path]) -> None:
    stack = read_stack(stack_folder(name))
    assert find_problems(stack) == []
    assert {kind: len(stack["resource"].get(kind, {})) for kind in RESOURCES[name]} == RESOURCES[name]


@pytest.mark.skipif(TERRAFORM is None, reason="Terraform is not on the PATH")
@each_example
def test_terraform_loads_the_example(name: str, stack_folder: Callable[[str], Path]) -> None:
    assert terraform_error(stack_folder(name)) == ""


def test_foreign_vpc_creates_no_network_and_no_cluster(stack_folder: Callable[[str], Path]) -> None:
    stack = read_stack(stack_folder("foreign_vpc"))
    assert not {"aws_vpc", "aws_subnet", "aws_route_table", "aws_eks_cluster"} & set(stack["resource"])
    assert len(stack["resource"]["aws_db_instance"]) == 1
    groups = stack["resource"]["aws_security_group"].values()
    assert {group["vpc_id"] for group in groups} == {"vpc-0123456789abcdef0"}


def test_project_without_the_library_passes_the_gate(
    gate_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outdir = synthesize(gate_project, gate_project / "cdktf.out")
    code, output, _ = run(capsys, "gate", "--waivers", "--from", str(outdir))
    assert code == 0, output
    assert "PASS" in output
    assert DEAD_LETTER_RULE in output


def test_violation_in_the_project_without_the_library_fails_the_gate(
    gate_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = gate_project / "main.py"
    changed, count = re.subn(r"\n    redrive_policy=.*", "", app.read_text())
    assert count == 1
    app.write_text(changed)
    outdir = synthesize(gate_project, gate_project / "cdktf.out")
    assert run(capsys, "snapshot", "update", "--from", str(outdir))[0] == 0
    code, output, _ = run(capsys, "gate", "--from", str(outdir))
    assert code == 4
    assert DEAD_LETTER_RULE in output
    assert "shipping/parcels" in output


@pytest.mark.slow
@pytest.mark.skipif(TERRAFORM is None, reason="Terraform is not on the PATH")
@pytest.mark.parametrize(
    ("name", "command"), [(name, command) for name in FOLDERS for command in readme_commands(name)], ids=str
)
def test_readme_command_succeeds(name: str, command: list[str], tmp_path: Path) -> None:
    result = subprocess.run(
        command,
        cwd=copy_example(name, tmp_path),
        env={
            **{key: value for key, value in os.environ.items() if not key.startswith("ARQ_")},
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
