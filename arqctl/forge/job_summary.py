"""The whole report where a comment can't hold it: the step's summary, and a folder to keep."""

from collections.abc import Mapping
from pathlib import Path

from arqctl.core.atomic_files import write
from arqctl.core.errors import InputError, Problem

_LONGEST = 1_048_576
"""Bytes: GitHub shows nothing at all of a step whose summary is longer."""


def add_to_summary(environment: Mapping[str, str], *forms: str) -> bool:
    """Add to the step's summary the first of the forms that it has room for, the fullest given first.

    What other commands of the step wrote stays. False where there is no summary, or no room for any form.

    Raises:
        InputError: when the summary can't be written to.
    """
    name = environment.get("GITHUB_STEP_SUMMARY", "")
    if not name:
        return False
    file = Path(name)
    try:
        room = _LONGEST - (file.stat().st_size if file.exists() else 0)
        texts = (f"\n{form.rstrip()}\n".encode() for form in forms)
        text = next((each for each in texts if len(each) <= room), b"")
        with file.open("ab") as stream:
            stream.write(text)
    except OSError as error:
        what = f"can't be written: {error.strerror}"
        fix = "Correct GITHUB_STEP_SUMMARY, or unset it"
        raise InputError([Problem(f"the step summary {file}", what, fix)]) from error
    return bool(text)


def write_report(folder: Path, *, report: str, document: str) -> None:
    """Write `report.md` and `review.json` into a folder, each whole or not at all.

    Raises:
        InputError: when the folder can't be written to.
    """
    write(folder / "report.md", report)
    write(folder / "review.json", document)
