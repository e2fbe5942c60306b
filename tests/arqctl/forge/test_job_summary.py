"""The full report in the step summary and in a folder."""

from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.forge.job_summary import add_to_summary, write_report

MAX_BYTES = 1_048_576


@pytest.fixture
def summary(tmp_path: Path) -> Path:
    return tmp_path / "summary.md"


def test_it_is_appended_to_the_steps_summary(summary: Path) -> None:
    summary.write_text("# tests")
    assert add_to_summary({"GITHUB_STEP_SUMMARY": str(summary)}, "# review\n")
    assert add_to_summary({"GITHUB_STEP_SUMMARY": str(summary)}, "# reviewé")
    assert summary.read_text() == "# tests\n# review\n\n# reviewé\n"


def test_the_first_text_that_fits_is_written(summary: Path) -> None:
    summary.write_text("x" * (MAX_BYTES - 100))
    assert add_to_summary({"GITHUB_STEP_SUMMARY": str(summary)}, "y" * 101, "é" * 50, "é" * 49, "short")
    text = summary.read_bytes()
    assert text.endswith(b"\n" + "é".encode() * 49 + b"\n")
    assert len(text) == MAX_BYTES


def test_nothing_is_written_if_no_text_fits(summary: Path) -> None:
    summary.write_text("x" * MAX_BYTES)
    assert not add_to_summary({"GITHUB_STEP_SUMMARY": str(summary)}, "# review")
    assert summary.stat().st_size == MAX_BYTES


@pytest.mark.parametrize("environment", [{}, {"GITHUB_STEP_SUMMARY": ""}])
def test_outside_of_github_there_is_no_summary(environment: dict[str, str]) -> None:
    assert not add_to_summary(environment, "# review")


def test_a_summary_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"the step summary .*: can't be written: Is a directory"):
        add_to_summary({"GITHUB_STEP_SUMMARY": str(tmp_path)}, "# review")


def test_the_folder_has_both_files_and_no_other(tmp_path: Path) -> None:
    folder = tmp_path / "review" / "here"
    write_report(folder, report="# old\n", document="{}\n")
    write_report(folder, report="# reviewé\n", document='{"fingerprint": "1"}\n')
    files = {file.name: file.read_text() for file in folder.iterdir()}
    assert files == {"report.md": "# reviewé\n", "review.json": '{"fingerprint": "1"}\n'}


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "review").write_text("")
    with pytest.raises(InputError, match="can't be written"):
        write_report(tmp_path / "review", report="", document="")
