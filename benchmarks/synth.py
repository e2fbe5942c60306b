"""How fast the engine synthesizes: stock against fast for our environments, and cost against size.

`python -m benchmarks.synth` prints both tables; `--quick` leaves out the 5,000 resources. To reach: fast at
least 8 times faster than stock and at most a third of its memory; at most 1.5 ms a resource, and linear.
"""

import json
import sys
import tempfile
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.processes import Measured, measure

_ROUNDS = 3
_SIZES = (100, 1000, 5000)
_SYNTHESIZE = """
import pathlib, sys
from environments.synthesis import synthesize
synthesize(pathlib.Path(sys.argv[1]))
"""
_console = Console()


def main(quick: bool = typer.Option(False, help="Leave out the largest size.")) -> None:
    """Measure, and print what is to be reached beside what was."""
    with tempfile.TemporaryDirectory() as folder:
        _compare_engines(Path(folder))
    _compare_sizes(_SIZES[:-1] if quick else _SIZES)


def _compare_engines(folder: Path) -> None:
    # The first run unpacks the bindings into jsii's cache, which all later ones read.
    _best("stock", folder / "warm-up", rounds=1)
    stock = _best("stock", folder / "stock")
    fast = _best("fast", folder / "fast")
    resources = sum(_resources(file) for file in (folder / "fast" / "stacks").glob("*/cdk.tf.json"))
    table = Table(title=f"All environments, {resources} resources (best of {_ROUNDS}, warm)")
    for heading in ("engine", "seconds", "peak MiB"):
        table.add_column(heading, justify="left" if heading == "engine" else "right")
    table.add_row("stock", f"{stock.seconds:.2f}", f"{stock.peak_mib:.0f}")
    table.add_row("fast", f"{fast.seconds:.2f}", f"{fast.peak_mib:.0f}")
    table.add_row(
        "ratio (to reach)",
        f"{stock.seconds / fast.seconds:.1f} x faster (8)",
        f"{fast.peak_mib / stock.peak_mib:.2f} of stock (0.33)",
    )
    _console.print(table)


def _best(engine: str, folder: Path, *, rounds: int = _ROUNDS) -> Measured:
    runs = [
        measure([sys.executable, "-c", _SYNTHESIZE, str(folder)], environment={"ARQ_ENGINE": engine})
        for _ in range(rounds)
    ]
    return min(runs, key=lambda run: run.seconds)


def _resources(file: Path) -> int:
    return sum(len(named) for named in json.loads(file.read_text()).get("resource", {}).values())


def _compare_sizes(sizes: tuple[int, ...]) -> None:
    table = Table(title="Cost against size, one stack (to reach: 1.5 ms a resource, linear)")
    for heading in ("resources", "seconds", "ms a resource", "peak MiB"):
        table.add_column(heading, justify="right")
    for size in sizes:
        runs = [
            measure([sys.executable, "-m", "benchmarks.sized_stack", str(size)], environment={})
            for _ in range(_ROUNDS)
        ]
        best = min(runs, key=lambda run: float(run.output))
        table.add_row(
            str(size),
            f"{best.seconds:.2f}",
            f"{float(best.output) * 1000 / size:.2f}",
            f"{best.peak_mib:.0f}",
        )
    _console.print(table)


if __name__ == "__main__":
    typer.run(main)
