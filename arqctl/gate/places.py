"""How files are named: to a person from where the person stands, to a code host from its repository's top."""

from pathlib import Path
from urllib.parse import quote


def shown(file: Path) -> str:
    """The path relative to the current folder where it lies below that, and otherwise as it is."""
    here = Path.cwd()
    return str(file.relative_to(here)) if file.is_relative_to(here) else str(file)


def uri(file: Path) -> str:
    """A file relative to the top of the Git repository that it lies in; outside of one, as a `file:` URI."""
    top = next((each for each in file.parents if (each / ".git").exists()), None)
    return file.as_uri() if top is None else quote(file.relative_to(top).as_posix())
