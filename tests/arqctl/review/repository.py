"""A git repository in a temporary folder."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

_AUTHOR = {f"GIT_{who}_{what}": "tester" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
_CONFIG = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


@dataclass(frozen=True)
class Repository:
    """A repository with `main` checked out."""

    root: Path

    def __post_init__(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *words: str) -> str:
        variables = os.environ | _AUTHOR | _CONFIG
        done = subprocess.run(
            ["git", *words], cwd=self.root, env=variables, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def commit(self, **files: str) -> str:
        """Write files, commit everything, and return the commit's hash. `__` in a name is a dot."""
        for name, text in files.items():
            self.write(name.replace("__", "."), text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "work")
        return self.git("rev-parse", "HEAD")

    def write(self, name: str, text: str) -> Path:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    @property
    def state(self) -> tuple[str, ...]:
        """Return the state that must not change: worktrees, branches, HEAD, the index, changed files."""
        index = (self.root / ".git" / "index").read_bytes().hex()
        questions = ("worktree list", "branch --list --verbose", "symbolic-ref HEAD", "status --porcelain")
        return (index, *(self.git("--no-optional-locks", *words.split()) for words in questions))
