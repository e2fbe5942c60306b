"""Where offline runs keep what they make: `.arq/offline` in the project, never beside real state."""

from dataclasses import dataclass
from pathlib import Path

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
