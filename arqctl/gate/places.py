"""How files are named to a person: from where the person stands."""

from pathlib import Path


def shown(file: Path) -> str:
    """The path relative to the current folder where it lies below that, and otherwise as it is."""
    here = Path.cwd()
    return str(file.relative_to(here)) if file.is_relative_to(here) else str(file)
