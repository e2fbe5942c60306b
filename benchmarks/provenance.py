"""What it costs to note the line behind each construct: production's stack, built with and without it.

`python -m benchmarks.provenance` prints the share of synthesis. To reach: at most 5 %. Start-up is left out,
since it would hide the cost: one process builds the same stack again and again, by turns with and without,
and the least of each counts. What is added is Python's own work, and told in its time on the processor, which
other programs on the machine disturb less than the time on the wall.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import jsii
from cdktf import App

import constructs_arq  # noqa: F401  # imported for its effect: from here on lines are noted
from environments.discovery import discover
from environments.synthesis import write

_ROUNDS = 40
_LIMIT = 0.05


@dataclass(frozen=True)
class _Took:
    """Milliseconds on the wall, and those of Python on the processor."""

    wall: float
    processor: float


def main() -> None:
    """Measure, and print what is to be reached beside what was."""
    [production] = [env for env in discover() if env.name == "production"]
    with tempfile.TemporaryDirectory() as folder:

        def build() -> None:
            write([production], Path(folder))

        build()
        pairs = [(_time(build), _time_without(build)) for _ in range(_ROUNDS)]
    noted, plain = (_least(each) for each in zip(*pairs, strict=True))
    added = noted.processor - plain.processor
    sys.stdout.write(
        f"production, least of {_ROUNDS}: {plain.wall:.0f} ms without, {noted.wall:.0f} ms with lines noted; "
        f"{added:.1f} ms of Python, {added / plain.wall:.1%} of synthesis (to reach: {_LIMIT:.0%})\n"
    )


def _least(took: tuple[_Took, ...]) -> _Took:
    return _Took(min(each.wall for each in took), min(each.processor for each in took))


def _time(build: Callable[[], None]) -> _Took:
    wall, processor = time.perf_counter(), time.process_time()
    build()
    return _Took((time.perf_counter() - wall) * 1000, (time.process_time() - processor) * 1000)


def _time_without(build: Callable[[], None]) -> _Took:
    with _unwrapped(jsii, "create"), _unwrapped(App, "synth"):
        return _time(build)


@contextmanager
def _unwrapped(owner: object, name: str) -> Iterator[None]:
    wrapped = getattr(owner, name)
    setattr(owner, name, wrapped.__wrapped__)
    try:
        yield
    finally:
        setattr(owner, name, wrapped)


if __name__ == "__main__":
    main()
