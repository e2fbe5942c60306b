"""Git, asked about a folder. It never touches what its user has checked out."""

import os
import subprocess
from pathlib import Path

from arqctl.core.errors import InputError, Problem

# Git sets these for its hooks: a command run from one would work on the commit that is being made.
_OF_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")
_HASH_LENGTH = 12


class GitError(Exception):
    """Git ended with another code than 0: the message is what it said."""

    def __init__(self, code: int, said: str) -> None:
        self.code = code
        super().__init__(said)


def git(folder: Path, *words: str) -> str:
    """What git answers in a folder, without the newline at its end.

    Raises:
        GitError: when git refuses.
        InputError: when there is no git.
    """
    variables = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    # A repository's own hooks would run in a worktree that is made here, and a mere question takes no lock.
    command = ["git", "-c", f"core.hooksPath={os.devnull}", "--no-optional-locks", *words]
    try:
        done = subprocess.run(  # noqa: S603 - the user's own git, with literal words and resolved commits
            command, cwd=folder, env=variables, capture_output=True, text=True, errors="replace", check=False
        )
    except FileNotFoundError as error:
        raise InputError([Problem("git", "is not installed", "Install it")]) from error
    if done.returncode != 0:
        raise GitError(done.returncode, done.stderr.strip())
    return done.stdout.rstrip("\n")


def commit_of(folder: Path) -> str:
    """The commit that a folder's files are of, or "" where git knows of none.

    Files below it that differ from the commit, or that it lacks and no .gitignore names, are told of.
    """
    try:
        commit = git(folder, "rev-parse", f"--short={_HASH_LENGTH}", "HEAD")
        differs = git(folder, "status", "--porcelain", "--", ".")
    except GitError:
        return ""
    return f"{commit} (uncommitted changes)" if differs else commit
