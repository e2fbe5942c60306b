import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.arqctl.command_line import arqctl
from tests.arqctl.projects import Project

APP = """
import os, shutil
shutil.copytree("cdktf.out", os.environ["CDKTF_OUTDIR"], dirs_exist_ok=True)
"""


def diagram(folder: Path, *arguments: str, seed: str = "0") -> subprocess.CompletedProcess[str]:
    return arqctl(folder, "diagram", *arguments, seed=seed)


@pytest.fixture
def diagram_project(project: Project) -> Project:
    project.stack("dev", {"aws_vpc": {"main": {}}, "aws_subnet": {"a": {"vpc_id": "${aws_vpc.main.id}"}}})
    project.stack("dev-platform")
    project.stack("production")
    return project


@pytest.mark.parametrize(("form", "start"), [("svg", "<svg "), ("mermaid", "flowchart TB\n")])
def test_all_stacks_of_the_environment_are_drawn(diagram_project: Project, form: str, start: str) -> None:
    done = diagram(diagram_project.root, "dev", "--from", "cdktf.out", "--format", form)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(start)
    assert "dev-platform" in done.stdout
    assert "production" not in done.stdout


def test_the_project_is_synthesized_without_a_folder(diagram_project: Project) -> None:
    diagram_project.write("app.py", APP)
    diagram_project.write("cdktf.json", json.dumps({"app": f"{sys.executable} app.py"}))
    assert (
        diagram(diagram_project.root, "dev").stdout
        == diagram(diagram_project.root, "dev", "--from", "cdktf.out").stdout
    )


@pytest.mark.parametrize("form", ["svg", "mermaid"])
def test_output_does_not_depend_on_the_hash_seed(diagram_project: Project, form: str) -> None:
    outputs = {
        diagram(diagram_project.root, "dev", "--from", "cdktf.out", "--format", form, seed=seed).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1


def test_the_diagram_is_written_to_a_file(diagram_project: Project) -> None:
    done = diagram(diagram_project.root, "dev", "--from", "cdktf.out", "--output", "pictures/dev.svg")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (diagram_project.root / "pictures/dev.svg").read_text().startswith("<svg ")


def test_an_unknown_environment_is_invalid_input(diagram_project: Project) -> None:
    done = diagram(diagram_project.root, "prod", "--from", "cdktf.out", "--output", "prod.svg")
    assert done.returncode == 2
    assert done.stderr == "arqctl: prod: is not an environment of this project. Choose from dev, production\n"
    assert not (diagram_project.root / "prod.svg").exists()


def test_every_unreadable_stack_is_reported(diagram_project: Project) -> None:
    diagram_project.raw("dev", "{")
    diagram_project.raw("dev-platform", "[]")
    done = diagram(diagram_project.root, "dev", "--from", "cdktf.out")
    assert done.returncode == 2
    assert done.stderr.startswith("arqctl: 2 problems:\n")
    assert "Traceback" not in done.stderr
