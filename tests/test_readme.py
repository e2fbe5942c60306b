"""Tests of the README's example and commands."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer

from arqctl.__main__ import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


@pytest.mark.slow
def test_library_example_synthesizes(tmp_path: Path) -> None:
    section = README.split("## The library in other projects")[1]
    example = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert example is not None
    subprocess.run([sys.executable, "-c", example[1]], cwd=tmp_path, check=True)
    stack = json.loads((tmp_path / "cdktf.out/stacks/shop/cdk.tf.json").read_text())
    assert {"network"} == set(stack["resource"]["aws_vpc"])
    assert {"database"} == set(stack["resource"]["aws_db_instance"])


def test_make_targets_exist() -> None:
    words = set(re.findall(r"make ([a-z][a-z-]+)", README))
    rules = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"up", "test", "snapshots"} <= words <= rules


def test_every_command_is_named() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # typer declares a Command, but it is a Group
    visible = {name for name, command in commands.items() if not command.hidden}
    assert visible <= set(re.findall(r"arqctl ([a-z]+)", README))


def test_every_extra_is_named() -> None:
    project = tomllib.loads((ROOT / "arqctl/pyproject.toml").read_text())["project"]
    named = {name for names in re.findall(r"arqctl\[([a-z,]+)\]", README) for name in names.split(",")}
    assert set(project["optional-dependencies"]) <= named


def test_the_list_of_documents_fits_in_the_line_length() -> None:
    section = README.split("## Documentation")[1].split("## ")[0]
    assert all(len(line) <= 120 and "  [" not in line.lstrip() for line in section.splitlines())
