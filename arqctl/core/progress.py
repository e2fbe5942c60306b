"""What is going on, for a person who waits at a terminal; a log is spared it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from rich.console import Console
from rich.text import Text

ProgressCallback: TypeAlias = Callable[[str], None]
"""Receives a line for each step of a longer task."""


@contextmanager
def progress() -> Iterator[ProgressCallback]:
    """Give a way to say what is being done: one line on the terminal's error channel, which goes again."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("") as status:
        yield lambda line: status.update(Text(line))
