"""How far the extraction of schemas is, shown to whoever waits for it."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from arqctl.offline.bindings import Binding
from arqctl.offline.schema.schemas import Watch


@contextmanager
def progress_bar() -> Iterator[Watch]:
    """A bar for each package of bindings that is extracted; nothing if none is, or if nobody watches."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        tasks = {}

        def watch(binding: Binding, done: float) -> None:
            if binding not in tasks:
                tasks[binding] = progress.add_task(f"Schema of {binding.package} {binding.version}", total=1)
            progress.update(tasks[binding], completed=done)

        yield watch
