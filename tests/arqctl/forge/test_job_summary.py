"""The whole report: in the step's summary as far as that holds it, and in a folder."""

from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.forge.job_summary import add_to_summary, write_report

LONGEST = 1_048_576


@pytest.fixture
def summary(tmp_path: Path) -> Path:
    return tmp_path / "summary.md"


def test_it_is_added_to_what_the_step_has_said(summary: Path) -> None:
    summary.write_text("# tests")
    assert add_to_summary({"GITHUB_STEP_SUMMARY": str(summary)}, "# review\n")
    assert add_to_summary({"GITHUB_STEP_SUMMARY": str(summary)}, "# reviewé")
    assert summary.read_text() == "# tests\n# review\n\n# reviewé\n"


def test_the_first_form_that_there_is_room_for_is_taken(summary: Path) -> None:
    summary.write_text("x" * (LONGEST - 100))
    assert add_to_summary({"GITHUB_STEP_SUMMARY": str(summary)}, "y" * 101, "é" * 50, "é" * 49, "short")
    text = summary.read_bytes()
    assert text.endswith(b"\n" + "é".encode() * 49 + b"\n")
    assert len(text) == LONGEST


def test_where_there_is_no_room_nothing_is_added(summary: Path) -> None:
    summary.write_text("x" * LONGEST)
    assert not add_to_summary({"GITHUB_STEP_SUMMARY": str(summary)}, "# review")
    assert summary.stat().st_size == LONGEST


@pytest.mark.parametrize("environment", [{}, {"GITHUB_STEP_SUMMARY": ""}])
def test_elsewhere_there_is_none(environment: dict[str, str]) -> None:
    assert not add_to_summary(environment, "# review")


def test_one_that_can_t_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"the step summary .*: can't be written: Is a directory"):
        add_to_summary({"GITHUB_STEP_SUMMARY": str(tmp_path)}, "# review")


def test_the_folder_holds_both_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "review" / "here"
    write_report(folder, report="# old\n", document="{}\n")
    write_report(folder, report="# reviewé\n", document='{"fingerprint": "1"}\n')
    files = {file.name: file.read_text() for file in folder.iterdir()}
    assert files == {"report.md": "# reviewé\n", "review.json": '{"fingerprint": "1"}\n'}


def test_a_folder_that_can_t_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "review").write_text("")
    with pytest.raises(InputError, match="can't be written"):
        write_report(tmp_path / "review", report="", document="")
