"""Progress bars for work that takes seconds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

ProgressCallback = Callable[[str, float], None]
"""Receives a task's description and its progress from 0 to 1."""


@contextmanager
def progress_bars() -> Iterator[ProgressCallback]:
    """Show one bar per task on standard error; show nothing if that is not a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        tasks = {}

        def on_progress(task: str, done: float) -> None:
            if task not in tasks:
                tasks[task] = progress.add_task(task, total=1)
            progress.update(tasks[task], completed=done)

        yield on_progress
