"""Checks out the base of a review, synthesizes it once and evaluates it with the base's own gate."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import ValidationError

from arqctl.core.assembly import Assembly
from arqctl.core.errors import ExitCode, InputError, Problem
from arqctl.core.git import GitError, describe_commit, git
from arqctl.core.sanitize import sanitize
from arqctl.core.synthesis import synthesize
from arqctl.gate.report import Report
from arqctl.plan.redact.redact import redact

_MESSAGE_CHARACTERS = 300
_FIX_NAME = "Name an existing branch or commit"
_FIX_SHALLOW = "Fetch the history too: `fetch-depth: 0` in the checkout step, or `git fetch --unshallow`"


@dataclass(frozen=True, slots=True)
class Base:
    """The base of a review. `report` is None if there is a `problem`, `assembly` if there is no project."""

    commit: str = ""
    assembly: Assembly | None = None
    report: Report | None = None
    problem: str = ""

    def construct_paths(self, stack: str) -> Mapping[str, str]:
        """Return the construct path of each address of a stack in the base."""
        stacks = self.assembly.stacks if self.assembly else ()
        return {
            address: block.path
            for each in stacks
            if each.name == stack
            for address, block in each.blocks.items()
        }


class EvaluationError(Exception):
    """The base's gate gave no usable report. The message has the reason."""


@contextmanager
def base_worktree(root: Path, ref: str) -> Iterator[Path]:
    """Yield the project's folder at the merge base of HEAD and `ref`, in a temporary git worktree.

    With the merge base, commits that others merged into `ref` since are neither new nor fixed. If there is no
    merge base, `ref` itself is the base. The folder doesn't exist if the base has no such project. The
    checkout, the index and the branches don't change.

    Raises:
        InputError: when `root` is in no git repository, `ref` is unknown, or the clone is too shallow.
    """
    top = _repository_root(root)
    commit = merge_base(root, ref)
    with TemporaryDirectory(prefix="arqctl-base-", ignore_cleanup_errors=True) as folder:
        tree = Path(folder).resolve() / "base"
        try:
            _check_out(root, commit, tree)
            yield tree / root.resolve().relative_to(top)
        finally:
            # `--force` twice also removes a worktree that is locked because `add` was interrupted.
            with suppress(GitError):
                git(root, "worktree", "remove", "--force", "--force", str(tree))


@contextmanager
def evaluate_base(project: Path) -> Iterator[Base]:
    """Synthesize the base's project into a temporary folder, and evaluate it with its own gate.

    A base that can't be evaluated doesn't fail the review: `Base.problem` has the reason.
    """
    commit = describe_commit(project) if project.is_dir() else ""
    if not (project / "cdktf.json").is_file():
        yield Base(commit, problem="the base has no such project")
        return
    with TemporaryDirectory(prefix="arqctl-") as folder:
        yield _evaluated(project, Path(folder), commit)


def _evaluated(project: Path, folder: Path, commit: str) -> Base:
    try:
        assembly = synthesize(project, folder)
    except InputError as error:
        message = _shorten(str(error).replace(str(project), "."))
        return Base(commit, problem=f"the base doesn't synthesize: {message}")
    try:
        return Base(commit, assembly, run_base_gate(project, assembly))
    except EvaluationError as error:
        return Base(commit, assembly, problem=str(error))


def run_base_gate(project: Path, assembly: Assembly) -> Report:
    """Return the report of the base's gate, which runs with the base's own code in a separate process.

    Raises:
        EvaluationError: when the gate fails, or its report has another format.
    """
    # Python searches the current folder first, so it imports the base's modules, not the installed ones.
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    gate = subprocess.run(  # noqa: S603 - our own Python, with literal arguments and a folder made here
        [sys.executable, "-m", "arqctl", "gate", "--format", "json", "--from", str(assembly.folder)],
        cwd=project,
        env=variables,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if gate.returncode not in (ExitCode.PASS, ExitCode.VIOLATION):
        message = _shorten(gate.stderr.replace(str(project), "."))
        raise EvaluationError(f"the base's gate ended with {gate.returncode}: {message}")
    try:
        return Report.from_json(gate.stdout)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        mismatch = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise EvaluationError(f"the base's report has another format: {_shorten(mismatch)}") from error


def merge_base(root: Path, ref: str) -> str:
    """Return the merge base of HEAD and `ref`, or the commit of `ref` if they share no history.

    Raises:
        InputError: when `ref` is unknown, or the clone is too shallow.
    """
    commit = _resolve(root, ref)
    is_shallow = git(root, "rev-parse", "--is-shallow-repository") == "true"
    if commit is None:
        remote = f"origin/{ref}"
        fix = f"Name it {remote}" if _resolve(root, remote) else _FIX_SHALLOW if is_shallow else _FIX_NAME
        raise InputError([Problem(f"base {ref!r}", "is no commit of this clone", fix)])
    try:
        return git(root, "merge-base", commit, "HEAD")
    except GitError as error:
        if is_shallow:
            what = "has no merge base with HEAD in this shallow clone"
            raise InputError([Problem(f"base {ref!r}", what, _FIX_SHALLOW)]) from error
        return commit


def _check_out(root: Path, commit: str, tree: Path) -> None:
    try:
        git(root, "worktree", "add", "--quiet", "--detach", str(tree), commit)
    except GitError as error:
        what = f"git can't check it out: {error}"
        raise InputError(
            [Problem(f"base {commit}", what, "Fix what git names, then run it again")]
        ) from error


def _repository_root(root: Path) -> Path:
    try:
        return Path(git(root, "rev-parse", "--show-toplevel"))
    except GitError as error:
        fix = "Run it in a clone, or leave --base out"
        raise InputError([Problem(str(root), f"git finds no repository here: {error}", fix)]) from error


def _resolve(root: Path, ref: str) -> str | None:
    try:
        return git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    except GitError:
        return None


def _shorten(message: str) -> str:
    """Return a redacted message in one line: its start, and its end, where a traceback has the error."""
    line = sanitize(redact(" ".join(message.split())))
    limit = _MESSAGE_CHARACTERS
    return line if len(line) <= limit else f"{line[: limit // 3]} … {line[-limit * 2 // 3 :]}"
