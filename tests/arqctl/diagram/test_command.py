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
def drawable(project: Project) -> Project:
    project.stack("dev", {"aws_vpc": {"main": {}}, "aws_subnet": {"a": {"vpc_id": "${aws_vpc.main.id}"}}})
    project.stack("dev-platform")
    project.stack("production")
    return project


@pytest.mark.parametrize(("form", "begins"), [("svg", "<svg "), ("mermaid", "flowchart TB\n")])
def test_the_stacks_of_the_environment_are_drawn(drawable: Project, form: str, begins: str) -> None:
    done = diagram(drawable.root, "dev", "--from", "cdktf.out", "--format", form)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(begins)
    assert "dev-platform" in done.stdout
    assert "production" not in done.stdout


def test_the_project_is_synthesized_where_no_folder_is_given(drawable: Project) -> None:
    drawable.write("app.py", APP)
    drawable.write("cdktf.json", json.dumps({"app": f"{sys.executable} app.py"}))
    assert diagram(drawable.root, "dev").stdout == diagram(drawable.root, "dev", "--from", "cdktf.out").stdout


@pytest.mark.parametrize("form", ["svg", "mermaid"])
def test_hash_seeds_make_no_difference(drawable: Project, form: str) -> None:
    said = {
        diagram(drawable.root, "dev", "--from", "cdktf.out", "--format", form, seed=seed).stdout
        for seed in ("1", "2", "3")
    }
    assert len(said) == 1


def test_the_picture_is_written_to_a_file(drawable: Project) -> None:
    done = diagram(drawable.root, "dev", "--from", "cdktf.out", "--output", "pictures/dev.svg")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (drawable.root / "pictures/dev.svg").read_text().startswith("<svg ")


def test_an_unknown_environment_is_wrong_input(drawable: Project) -> None:
    done = diagram(drawable.root, "prod", "--from", "cdktf.out", "--output", "prod.svg")
    assert done.returncode == 2
    assert done.stderr == "arqctl: prod: is no environment of this project. Known are dev, production\n"
    assert not (drawable.root / "prod.svg").exists()


def test_every_stack_that_cannot_be_read_is_told(drawable: Project) -> None:
    drawable.raw("dev", "{")
    drawable.raw("dev-platform", "[]")
    done = diagram(drawable.root, "dev", "--from", "cdktf.out")
    assert done.returncode == 2
    assert done.stderr.startswith("arqctl: 2 problems:\n")
    assert "Traceback" not in done.stderr
