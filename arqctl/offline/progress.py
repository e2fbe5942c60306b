"""How far long work is, shown to whoever waits for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

Tell = Callable[[str, float], None]
"""Told what is being done, and how far it is: from 0 to 1."""


@contextmanager
def progress_bars() -> Iterator[Tell]:
    """A bar for each work that is told of; nothing if nobody watches."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        tasks = {}

        def tell(work: str, done: float) -> None:
            if work not in tasks:
                tasks[work] = progress.add_task(work, total=1)
            progress.update(tasks[work], completed=done)

        yield tell
