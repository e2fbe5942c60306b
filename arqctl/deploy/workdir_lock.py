"""Locks a checkout's working directory, so that only one run at a time synthesizes into it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from arqctl.core.errors import InputError, Problem


@contextmanager
def exclusive_lock(assembly_dir: Path) -> Iterator[None]:
    """Lock the folder above `assembly_dir`. The lock ends with the process, even if it is killed.

    Raises:
        InputError: when another run holds the lock, or the folder cannot be locked.
    """
    workdir = assembly_dir.parent
    try:
        workdir.mkdir(parents=True, exist_ok=True)
        file = (workdir / "lock").open("w", encoding="utf-8")
    except OSError as error:
        raise InputError([_lock_problem(workdir, error)]) from error
    with file:
        _lock(file, workdir)
        yield


def _lock(file: IO[str], workdir: Path) -> None:
    import fcntl  # noqa: PLC0415 - Windows has no fcntl, and runs the commands that do not deploy

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        what = "another arqctl is planning or deploying from this checkout"
        raise InputError(
            [Problem(str(workdir), what, "Wait until it ends, or use another checkout")]
        ) from error
    except OSError as error:
        raise InputError([_lock_problem(workdir, error)]) from error


def _lock_problem(workdir: Path, error: OSError) -> Problem:
    return Problem(str(workdir), f"cannot be locked: {error.strerror}", "Use a checkout on a local disk")
