"""Which commit a project stands on, as Git tells."""

import subprocess
from pathlib import Path

from arqctl.evidence.model import Commit


def commit_of(project: Path) -> Commit | None:
    """The commit, and whether files differ from it; None outside of a repository, or without Git."""
    head = _git(project, "rev-parse", "--verify", "HEAD")
    if head is None:
        return None
    return Commit(id=head, changed=_git(project, "status", "--porcelain") != "")


def _git(project: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments
            ["git", "-C", str(project), *arguments],  # noqa: S607 - the user's own Git
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
