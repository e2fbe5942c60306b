"""Shows progress on a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from rich.console import Console
from rich.text import Text

ProgressCallback: TypeAlias = Callable[[str], None]
"""Receives a line for each step of a longer task."""


@contextmanager
def progress() -> Iterator[ProgressCallback]:
    """Yield a callback that shows one line on standard error, erased at the end. Logs get nothing."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("") as status:
        yield lambda line: status.update(Text(line))
