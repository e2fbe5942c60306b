"""`arqctl environments`: the list as text and JSON."""

import json

import pytest

from tests.arqctl.command_line import run
from tests.arqctl.projects import HARMLESS, Project


def test_environments_are_listed_as_text_and_json(
    current_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    for stack in ("staging", "dev", "dev-bootstrap"):
        current_project.stack(stack, HARMLESS)
    assert run(capsys, "environments", "--from", "cdktf.out")[1] == "dev\nstaging\n"
    current_project.write("pyproject.toml", '[tool.arqctl]\nprotected = ["staging"]\n')
    assert run(capsys, "environments", "--from", "cdktf.out", "--protected")[1] == "staging\n"
    assert run(capsys, "environments", "--from", "cdktf.out", "--unprotected")[1] == "dev\n"
    assert json.loads(run(capsys, "environments", "--from", "cdktf.out", "--format", "json")[1]) == [
        "dev",
        "staging",
    ]
