"""The base of a pull request: its files in a worktree of their own, and what its own gate says of them."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from pydantic import ValidationError

from arqctl.core.assembly import read_assembly
from arqctl.core.errors import ExitCode, InputError, Problem
from arqctl.core.git import GitError, git
from arqctl.core.sanitize import printable
from arqctl.core.synthesis import synthesized
from arqctl.gate.report import Report
from arqctl.plan.redact.redact import hide

Paths: TypeAlias = Mapping[str, Mapping[str, str]]
"""Construct paths, by stack and address."""

_LONGEST = 300
_MEND = "Name a branch or a commit that is there"
_FETCH_ALL = "Fetch the history too: `fetch-depth: 0` in the checkout step, or `git fetch --unshallow`"


@dataclass(frozen=True, slots=True)
class NotCompared:
    """There is no report of the base, and why."""

    reason: str


@contextmanager
def base_worktree(root: Path, ref: str) -> Iterator[Path]:
    """Give the project's folder as it was where HEAD parted from `ref`, in a worktree that is removed again.

    So what others merged into a branch since is told as neither new nor fixed. A commit that HEAD builds on
    is taken as it is, and so is one that shares no history with HEAD. The folder isn't there when the base
    has no such project. What is checked out, the index and the branches stay as they are.

    Raises:
        InputError: when `root` is in no git repository, `ref` is unknown, or the clone is too shallow.
    """
    top = _top(root)
    commit = _merge_base(root, ref)
    with TemporaryDirectory(prefix="arqctl-base-", ignore_cleanup_errors=True) as folder:
        tree = Path(folder).resolve() / "base"
        try:
            _check_out(root, commit, tree)
            yield tree / root.resolve().relative_to(top)
        finally:
            # Twice: what is half made is locked as well.
            with suppress(GitError):
                git(root, "worktree", "remove", "--force", "--force", str(tree))


def base_told(project: Path) -> tuple[Report | NotCompared, Paths]:
    """What the base's gate says of it, and its construct paths: what is deleted has no path elsewhere.

    A base that can't be judged makes no review fail: it isn't compared with, and the reason is told.
    """
    if not (project / "cdktf.json").is_file():
        return NotCompared("the base has no such project"), {}
    try:
        with synthesized(project) as outdir:
            return evaluate_base(project, outdir), dict(_paths(outdir))
    except InputError as error:
        said = _short(str(error).replace(str(project), "."))
        return NotCompared(f"the base doesn't synthesize: {said}"), {}


def _paths(outdir: Path) -> Iterator[tuple[str, Mapping[str, str]]]:
    for stack in read_assembly(outdir):
        yield stack.name, {address: block.path for address, block in stack.blocks.items()}


def evaluate_base(project: Path, outdir: Path) -> Report | NotCompared:
    """What the base's gate says of what the base synthesized: with its own code, in a process of its own."""
    # Python looks for modules in the current folder first, so the base's own come before those installed.
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    done = subprocess.run(  # noqa: S603 - our own Python, with literal words and a folder made here
        [sys.executable, "-m", "arqctl", "gate", "--format", "json", "--from", str(outdir)],
        cwd=project,
        env=variables,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode not in (ExitCode.PASS, ExitCode.VIOLATED):
        said = _short(done.stderr.replace(str(project), "."))
        return NotCompared(f"the base's gate ended with {done.returncode}: {said}")
    try:
        # What the base's report has more than ours does no harm; what it lacks, we can't compare.
        return Report.model_validate_json(done.stdout, extra="ignore")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        what = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        return NotCompared(f"the base's report has another shape: {_short(what)}")


def _check_out(root: Path, commit: str, tree: Path) -> None:
    try:
        git(root, "worktree", "add", "--quiet", "--detach", str(tree), commit)
    except GitError as error:
        what = f"git can't check it out: {error}"
        raise InputError(
            [Problem(f"base {commit}", what, "Mend what git names, and run it again")]
        ) from error


def _top(root: Path) -> Path:
    try:
        return Path(git(root, "rev-parse", "--show-toplevel"))
    except GitError as error:
        fix = "Run it in a clone, or leave the base out"
        raise InputError([Problem(str(root), f"git finds no repository here: {error}", fix)]) from error


def _merge_base(root: Path, ref: str) -> str:
    """The commit where HEAD parted from `ref`."""
    commit = _commit(root, ref)
    is_shallow = git(root, "rev-parse", "--is-shallow-repository") == "true"
    if commit is None:
        on_remote = f"origin/{ref}"
        fix = f"Name it {on_remote}" if _commit(root, on_remote) else _FETCH_ALL if is_shallow else _MEND
        raise InputError([Problem(f"base {ref!r}", "is no commit that this clone has", fix)])
    try:
        return git(root, "merge-base", commit, "HEAD")
    except GitError as error:
        if is_shallow:
            what = "the clone is shallow: where HEAD parted from it can't be seen"
            raise InputError([Problem(f"base {ref!r}", what, _FETCH_ALL)]) from error
        return commit


def _commit(root: Path, ref: str) -> str | None:
    try:
        return git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    except GitError:
        return None


def _short(said: str) -> str:
    """A text in one line, without secrets: its beginning, and its end where a traceback says what it was."""
    line = printable(hide(" ".join(said.split())))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST // 3]} … {line[-_LONGEST * 2 // 3 :]}"
