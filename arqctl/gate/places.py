"""How files are named: to a person from where the person stands, to a code host from its repository's top."""

from pathlib import Path
from urllib.parse import quote


def shown(file: Path) -> str:
    """The path relative to the current folder where it lies below that, and otherwise as it is."""
    here = Path.cwd()
    return str(file.relative_to(here)) if file.is_relative_to(here) else str(file)


def project_folder() -> Path:
    """The nearest folder, from the current one upwards, that holds a cdktf.json; else the current one."""
    here = Path.cwd()
    return next((each for each in (here, *here.parents) if (each / "cdktf.json").is_file()), here)


def uri(file: Path) -> str:
    """A file relative to the top of the Git repository that it lies in; outside of one, as a `file:` URI."""
    top = next((each for each in file.parents if (each / ".git").exists()), None)
    return file.as_uri() if top is None else quote(file.relative_to(top).as_posix())
