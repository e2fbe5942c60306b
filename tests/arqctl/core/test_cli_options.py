"""What commands share on their command line: where a stack comes from, and where a text goes."""

from pathlib import Path

import pytest

from arqctl.core.cli_options import assembly_of, write_output
from arqctl.core.errors import InputError
from tests.arqctl.projects import HARMLESS, Project, make_app


def test_a_folder_that_is_given_is_taken_as_it_is(tmp_path: Path) -> None:
    said: list[str] = []
    with assembly_of(tmp_path, said.append) as folder:
        assert (folder, said) == (tmp_path, [])


def test_without_one_the_project_here_is_synthesized_for_the_while(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.stack("dev", HARMLESS)
    make_app(project)
    monkeypatch.chdir(project.root)
    said: list[str] = []
    with assembly_of(None, said.append) as folder:
        assert (folder / "manifest.json").is_file()
    assert (folder.exists(), said) == (False, ["synthesizing"])


def test_where_there_is_no_project_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with (
        pytest.raises(InputError, match=r"no cdktf\.json here or above"),
        assembly_of(None, lambda _: None),
    ):
        pytest.fail("There is no project")


def test_a_text_goes_to_the_file_or_else_to_standard_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_output("to a file", tmp_path / "file")
    write_output("to the terminal", None)
    assert ((tmp_path / "file").read_text(), capsys.readouterr().out) == ("to a file", "to the terminal")
