"""One run at a time in a checkout: another would put its own stacks in the place of those judged."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from arqctl.core.errors import InputError, Problem


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Have a folder of stacks for oneself. It ends with the process, however that ends.

    Raises:
        InputError: when another run has it, or it can't be locked.
    """
    home = folder.parent
    try:
        home.mkdir(parents=True, exist_ok=True)
        opened = (home / "lock").open("w", encoding="utf-8")
    except OSError as error:
        raise InputError([_unlockable(home, error)]) from error
    with opened:
        _lock(opened, home)
        yield


def _lock(opened: IO[str], home: Path) -> None:
    import fcntl  # noqa: PLC0415 - Windows has none, and what doesn't deploy runs there

    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        fix = "Wait for its end, or use another checkout"
        raise InputError([Problem(str(home), "another arqctl plans or deploys from here", fix)]) from error
    except OSError as error:
        raise InputError([_unlockable(home, error)]) from error


def _unlockable(home: Path, error: OSError) -> Problem:
    return Problem(str(home), f"can't be locked: {error.strerror}", "Use a folder on a disk of this machine")
