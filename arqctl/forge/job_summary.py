"""Writes the full report to the step summary and to a folder."""

from collections.abc import Mapping
from pathlib import Path

from arqctl.core.atomic_files import write
from arqctl.core.errors import InputError, Problem

_MAX_BYTES = 1_048_576
"""GitHub drops the whole summary of a step if it is longer."""


def add_to_summary(environment: Mapping[str, str], *texts: str) -> bool:
    """Append the first of the texts that fits to the step summary, and return whether one did.

    Give the longest text first. The output of other commands of the step is kept.

    Raises:
        InputError: when the summary can't be written.
    """
    name = environment.get("GITHUB_STEP_SUMMARY", "")
    if not name:
        return False
    file = Path(name)
    try:
        room = _MAX_BYTES - (file.stat().st_size if file.exists() else 0)
        encoded = (f"\n{text.rstrip()}\n".encode() for text in texts)
        fitting = next((each for each in encoded if len(each) <= room), b"")
        with file.open("ab") as stream:
            stream.write(fitting)
    except OSError as error:
        what = f"can't be written: {error.strerror}"
        fix = "Correct GITHUB_STEP_SUMMARY, or unset it"
        raise InputError([Problem(f"the step summary {file}", what, fix)]) from error
    return bool(fitting)


def write_report(folder: Path, *, report: str, document: str) -> None:
    """Write `report.md` and `review.json` to a folder, each file atomically.

    Raises:
        InputError: when the folder can't be written.
    """
    write(folder / "report.md", report)
    write(folder / "review.json", document)
