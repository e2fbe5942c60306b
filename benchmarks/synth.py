"""Measures synthesis: the fast engine against the stock engine, and the time by number of resources.

`python -m benchmarks.synth` prints both tables; `--quick` omits 5,000 resources. Targets: the fast engine is
at least 8 times as fast as stock with at most a third of its memory; at most 1.5 ms per resource, and linear
time. The engine mainly reduces start-up time, so the ratio is largest for few resources.
"""

import json
import sys
import tempfile
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.processes import Measured, measure
from environments.discovery import discover_environments

_ROUNDS = 3
_SIZES = (100, 1000, 5000)
_ALL = "all"
_SYNTHESIZE = """
import pathlib, sys
from environments.discovery import discover_environments
from environments.synthesis import synthesize_environments
name, folder = sys.argv[1:]
selected = [env for env in discover_environments() if name in (env.name, "all")]
synthesize_environments(selected, pathlib.Path(folder))
"""
_console = Console()


def main(quick: bool = typer.Option(False, help="Skip the largest size.")) -> None:
    """Measure, and print the results with the targets."""
    with tempfile.TemporaryDirectory() as folder:
        _compare_engines(Path(folder))
    _compare_sizes(_SIZES[:-1] if quick else _SIZES)


def _compare_engines(folder: Path) -> None:
    # The first run unpacks the bindings into jsii's cache, which later runs read.
    _best("stock", _ALL, folder / "warm-up", rounds=1)
    table = Table(title=f"stock -> fast, best of {_ROUNDS}, warm (target: 8 x, 0.33 of the memory)")
    table.add_column("environment")
    for heading in ("resources", "seconds", "ratio", "peak MiB", "ratio"):
        table.add_column(heading, justify="right")
    for environment in (*[env.name for env in discover_environments()], _ALL):
        stock = _best("stock", environment, folder / "stock")
        fast = _best("fast", environment, folder / f"fast {environment}")
        resources = sum(map(_resources, (folder / f"fast {environment}" / "stacks").glob("*/cdk.tf.json")))
        table.add_row(
            environment,
            f"{resources:,}",
            f"{stock.seconds:.2f} -> {fast.seconds:.2f}",
            f"{stock.seconds / fast.seconds:.1f} x",
            f"{stock.peak_mib:,.0f} -> {fast.peak_mib:,.0f}",
            f"{fast.peak_mib / stock.peak_mib:.2f}",
        )
    _console.print(table)


def _best(engine: str, environment: str, folder: Path, *, rounds: int = _ROUNDS) -> Measured:
    command = [sys.executable, "-c", _SYNTHESIZE, environment, str(folder)]
    return measure(command, environment={"ARQ_ENGINE": engine}, rounds=rounds)


def _resources(file: Path) -> int:
    return sum(len(named) for named in json.loads(file.read_text()).get("resource", {}).values())


def _compare_sizes(sizes: tuple[int, ...]) -> None:
    table = Table(title="Time by size, one stack (target: 1.5 ms per resource, linear)")
    for heading in ("resources", "seconds", "ms per resource", "peak MiB"):
        table.add_column(heading, justify="right")
    for size in sizes:
        best = measure(
            [sys.executable, "-m", "benchmarks.sized_stack", str(size)], environment={}, rounds=_ROUNDS
        )
        table.add_row(
            str(size),
            f"{best.seconds:.2f}",
            f"{float(best.output) * 1000 / size:.2f}",
            f"{best.peak_mib:.0f}",
        )
    _console.print(table)


if __name__ == "__main__":
    typer.run(main)
