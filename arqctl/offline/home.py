"""Where offline runs keep what they make: `.arq/offline` in the project, never beside real state."""

import os
from dataclasses import dataclass
from pathlib import Path

from arqctl.errors import InputError, Problem

VARIABLE = "ARQ_OFFLINE_HOME"
"""Names the folder to the provider, which Terraform starts."""


@dataclass(frozen=True)
class Home:
    """The folder of a project's offline runs. Deleting it forgets them all, and nothing else."""

    folder: Path

    @classmethod
    def of_project(cls, root: Path) -> "Home":
        """The home of the project whose top folder is `root`."""
        return cls(root.resolve() / ".arq" / "offline")

    @property
    def mirror(self) -> Path:
        """The filesystem mirror that Terraform installs the stand-in from."""
        return self.folder / "mirror"

    @property
    def cli_configuration(self) -> Path:
        """Terraform's own configuration, which knows the mirror and no registry."""
        return self.folder / "terraformrc"

    @property
    def synthesized(self) -> Path:
        """What cdktf synthesizes for offline runs: a folder shaped like `cdktf.out`."""
        return self.folder / "cdktf.out"

    def state(self, stack: str) -> Path:
        """A stack's simulated Terraform state."""
        return self.folder / "state" / f"{stack}.tfstate"


def write(file: Path, text: str, *, executable: bool = False) -> None:
    """Write a file whole or not at all; one that holds `text` already is left as it is.

    Raises:
        InputError: when the folder can't be written to.
    """
    try:
        if file.is_file() and file.read_text(encoding="utf-8") == text:
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
        fresh.write_text(text, encoding="utf-8")
        fresh.chmod(0o755 if executable else 0o644)
        fresh.replace(file)
    except OSError as error:
        what = f"can't be written: {error.strerror}"
        raise InputError([Problem(str(file), what, "Make room, or make the folder writable")]) from error
