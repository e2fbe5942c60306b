"""What it costs to note the line behind each construct: production's stack, built with and without it.

`python -m benchmarks.provenance` prints the ratio. To reach: at most 5 % of the time that synthesis takes.
Start-up is left out, since it would hide the cost: one process builds the same stack again and again, by
turns with and without, and the fastest of each counts.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import jsii
from cdktf import App

import constructs_arq  # noqa: F401  # imported for its effect: from here on lines are noted
from environments.discovery import discover
from environments.synthesis import write

_ROUNDS = 40
_LIMIT = 1.05


def main() -> None:
    """Measure, and print what is to be reached beside what was."""
    [production] = [env for env in discover() if env.name == "production"]
    with tempfile.TemporaryDirectory() as folder:

        def build() -> None:
            write([production], Path(folder))

        build()
        pairs = [(_seconds(build), _seconds_without(build)) for _ in range(_ROUNDS)]
    noted, plain = (min(each) for each in zip(*pairs, strict=True))
    sys.stdout.write(
        f"production, best of {_ROUNDS}: {plain * 1000:.0f} -> {noted * 1000:.0f} ms with lines noted, "
        f"{noted / plain:.3f} x (to reach: {_LIMIT} x)\n"
    )


def _seconds(build: Callable[[], None]) -> float:
    start = time.perf_counter()
    build()
    return time.perf_counter() - start


def _seconds_without(build: Callable[[], None]) -> float:
    with _unwrapped(jsii, "create"), _unwrapped(App, "synth"):
        return _seconds(build)


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
