"""Runs git in a folder without changing the checkout."""

import os
import subprocess
from pathlib import Path

from arqctl.core.errors import InputError, Problem

# Git sets these for its hooks; a command run from a hook would work on the commit in progress.
_HOOK_VARIABLES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")
_HASH_LENGTH = 12


class GitError(Exception):
    """Git failed. The message is its standard error."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        super().__init__(message)


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder and return its output without the last newline.

    Raises:
        GitError: if git fails.
        InputError: if git is not installed.
    """
    variables = {name: value for name, value in os.environ.items() if name not in _HOOK_VARIABLES}
    # Hooks of the repository must not run in a worktree created here, and reading takes no locks.
    command = ["git", "-c", f"core.hooksPath={os.devnull}", "--no-optional-locks", *arguments]
    try:
        result = subprocess.run(  # noqa: S603 - the user's own git, with literal arguments and resolved commits
            command, cwd=folder, env=variables, capture_output=True, text=True, errors="replace", check=False
        )
    except FileNotFoundError as error:
        raise InputError([Problem("git", "is not installed", "Install it")]) from error
    if result.returncode != 0:
        raise GitError(result.returncode, result.stderr.strip())
    return result.stdout.rstrip("\n")


def describe_commit(folder: Path) -> str:
    """Return the commit of a folder, or "" if there is none.

    It adds "(uncommitted changes)" if files in the folder are changed or untracked.
    """
    try:
        commit = git(folder, "rev-parse", f"--short={_HASH_LENGTH}", "HEAD")
        differs = git(folder, "status", "--porcelain", "--", ".")
    except GitError:
        return ""
    return f"{commit} (uncommitted changes)" if differs else commit
