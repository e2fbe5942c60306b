"""Paths of offline runs: `.arq/offline` in the project, separate from real state."""

from dataclasses import dataclass
from pathlib import Path

FOLDER_VARIABLE = "ARQ_OFFLINE_DIR"
"""Environment variable that passes the folder to the provider process, which Terraform starts."""


@dataclass(frozen=True)
class OfflinePaths:
    """The folder of a project's offline runs. Deleting it resets offline AWS and nothing else."""

    folder: Path

    @classmethod
    def of_project(cls, root: Path) -> "OfflinePaths":
        """Return the paths for the project whose top folder is `root`."""
        return cls(root.resolve() / ".arq" / "offline")

    @property
    def mirror(self) -> Path:
        """The filesystem mirror from which Terraform installs the offline provider."""
        return self.folder / "mirror"

    @property
    def cli_configuration(self) -> Path:
        """Terraform's CLI configuration, which allows the mirror and no registry."""
        return self.folder / "terraformrc"

    @property
    def account(self) -> Path:
        """The database with the resources of the simulated account."""
        return self.folder / "account.sqlite"

    @property
    def existing_roles(self) -> Path:
        """The list of IAM roles that exist before Terraform creates any. Without it, they are not known."""
        return self.folder / "existing_roles.json"

    @property
    def assembly_dir(self) -> Path:
        """The folder to which cdktf synthesizes for offline runs, structured like `cdktf.out`."""
        return self.folder / "cdktf.out"

    def state(self, stack: str) -> Path:
        """Return the file with a stack's simulated Terraform state."""
        return self.folder / "state" / f"{stack}.tfstate"
