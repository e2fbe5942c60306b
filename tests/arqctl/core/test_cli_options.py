"""Shared command line options: the assembly to read, and the file to write."""

from pathlib import Path

import pytest

from arqctl.core.cli_options import assembly_of, write_output
from arqctl.core.errors import InputError
from tests.arqctl.projects import HARMLESS, Project, make_app


def test_a_given_folder_is_used_without_synthesis(tmp_path: Path) -> None:
    steps: list[str] = []
    with assembly_of(tmp_path, steps.append) as folder:
        assert (folder, steps) == (tmp_path, [])


def test_without_a_folder_the_project_is_synthesized_to_a_temporary_one(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.stack("dev", HARMLESS)
    make_app(project)
    monkeypatch.chdir(project.root)
    steps: list[str] = []
    with assembly_of(None, steps.append) as folder:
        assert (folder / "manifest.json").is_file()
    assert (folder.exists(), steps) == (False, ["synthesizing"])


def test_a_missing_project_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with (
        pytest.raises(InputError, match=r"no cdktf\.json here or above"),
        assembly_of(None, lambda _: None),
    ):
        pytest.fail("There is no project")


def test_a_text_is_written_to_the_file_or_to_standard_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_output("to a file", tmp_path / "file")
    write_output("to the terminal", None)
    assert ((tmp_path / "file").read_text(), capsys.readouterr().out) == ("to a file", "to the terminal")
