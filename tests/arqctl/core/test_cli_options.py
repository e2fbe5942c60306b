"""Options that several commands share: the assembly, and the output file."""

from pathlib import Path

import pytest

from arqctl.core.cli_options import open_assembly, write_output
from arqctl.core.errors import InputError
from tests.arqctl.projects import HARMLESS, Project, make_app


def test_a_given_folder_is_not_synthesized(tmp_path: Path) -> None:
    progress: list[str] = []
    with open_assembly(tmp_path, progress.append) as folder:
        assert (folder, progress) == (tmp_path, [])


def test_without_a_folder_the_current_project_is_synthesized_temporarily(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.stack("dev", HARMLESS)
    make_app(project)
    monkeypatch.chdir(project.root)
    progress: list[str] = []
    with open_assembly(None, progress.append) as folder:
        assert (folder / "manifest.json").is_file()
    assert (folder.exists(), progress) == (False, ["synthesizing"])


def test_a_folder_without_a_project_is_an_input_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with (
        pytest.raises(InputError, match=r"no cdktf\.json here or above"),
        open_assembly(None, lambda _: None),
    ):
        pytest.fail("There is no project")


def test_text_goes_to_the_file_or_to_standard_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_output("to a file", tmp_path / "file")
    write_output("to the terminal", None)
    assert ((tmp_path / "file").read_text(), capsys.readouterr().out) == ("to a file", "to the terminal")
