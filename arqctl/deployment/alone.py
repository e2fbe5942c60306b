"""One run at a time in a checkout: another would put its own stacks in the place of those judged."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from arqctl.errors import InputError, Problem


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Have a folder of stacks for oneself. It ends with the process, however that ends.

    Raises:
        InputError: when another run has it, or it can't be written to.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        opened = (folder.parent / "lock").open("w", encoding="utf-8")
    except OSError as error:
        what = f"can't be written to: {error.strerror}"
        raise InputError([Problem(str(folder.parent), what, "Make it writable, or make room")]) from error
    with opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            what = "another arqctl plans or deploys from here"
            mend = "Wait for its end, or use another checkout"
            raise InputError([Problem(str(folder), what, mend)]) from error
        yield
