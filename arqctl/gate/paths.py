"""Formats file paths: relative to the current folder for messages, to the repository for SARIF."""

from pathlib import Path
from urllib.parse import quote


def display_path(file: Path) -> str:
    """Return the path relative to the current folder if it is inside, else unchanged."""
    here = Path.cwd()
    return str(file.relative_to(here)) if file.is_relative_to(here) else str(file)


def repository_uri(file: Path) -> str:
    """Return the path relative to the root of its Git repository, or a `file:` URI outside of one."""
    top = next((each for each in file.parents if (each / ".git").exists()), None)
    return file.as_uri() if top is None else quote(file.relative_to(top).as_posix())
