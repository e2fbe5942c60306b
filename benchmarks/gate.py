"""Measures the gate: synthesis of all environments with and without it.

`python -m benchmarks.gate` prints both durations and their ratio. Target: at most 4 times as long with the
gate.
"""

import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.processes import Measured, measure

_ROUNDS = 3


def main() -> None:
    """Measure, and print the results with the target."""
    with tempfile.TemporaryDirectory() as folder:
        without_gate = _best("off", Path(folder))
        with_gate = _best("on", Path(folder))
    table = Table(title=f"All environments (best of {_ROUNDS}, warm)")
    for heading in ("gate", "seconds", "peak MiB"):
        table.add_column(heading, justify="left" if heading == "gate" else "right")
    for name, run in (("off", without_gate), ("on", with_gate)):
        table.add_row(name, f"{run.seconds:.2f}", f"{run.peak_mib:.0f}")
    table.add_row("ratio (target)", f"{with_gate.seconds / without_gate.seconds:.1f} x as long (4)", "")
    Console().print(table)


def _best(gate: str, folder: Path) -> Measured:
    environment = {"ARQ_GATE": gate, "CDKTF_OUTDIR": str(folder)}
    return measure([sys.executable, "-m", "environments"], environment=environment, rounds=_ROUNDS)


if __name__ == "__main__":
    main()
