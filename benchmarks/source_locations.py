"""Measures the cost of recording source locations: builds production's stack with and without recording.

`python -m benchmarks.source_locations` prints the cost as a share of synthesis. The target is at most 5 %.
Start-up is excluded because it would hide the cost: one process builds the same stack repeatedly, alternating
between both modes, and the minimum counts. Recording is work of Python only, so the added cost is measured in
CPU time, which other programs on the machine disturb less than wall time.
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

import constructs_arq  # noqa: F401  # starts the recording
from environments.discovery import discover_environments
from environments.synthesis import synthesize_environments

_ROUNDS = 40
_LIMIT = 0.05


@dataclass(frozen=True)
class _Duration:
    """Milliseconds of wall time, and of Python's CPU time."""

    wall: float
    cpu: float


def main() -> None:
    """Measure the cost, and print it with the target."""
    [production] = [env for env in discover_environments() if env.name == "production"]
    with tempfile.TemporaryDirectory() as folder:

        def build() -> None:
            synthesize_environments([production], Path(folder))

        build()
        pairs = [(_time(build), _time_without(build)) for _ in range(_ROUNDS)]
    recorded, plain = (_minimum(each) for each in zip(*pairs, strict=True))
    added = recorded.cpu - plain.cpu
    sys.stdout.write(
        f"production, best of {_ROUNDS}: {plain.wall:.0f} ms without, {recorded.wall:.0f} ms with recording; "
        f"{added:.1f} ms of Python, {added / plain.wall:.1%} of synthesis (target: {_LIMIT:.0%})\n"
    )


def _minimum(durations: tuple[_Duration, ...]) -> _Duration:
    return _Duration(min(each.wall for each in durations), min(each.cpu for each in durations))


def _time(build: Callable[[], None]) -> _Duration:
    wall, cpu = time.perf_counter(), time.process_time()
    build()
    return _Duration((time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000)


def _time_without(build: Callable[[], None]) -> _Duration:
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
