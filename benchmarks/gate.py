"""What judging costs: synthesis of all environments with the gate against the same without.

`python -m benchmarks.gate` prints both and their ratio. To reach: with the gate at most 4 times as long.
"""

import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.processes import Measured, measure

_ROUNDS = 3


def main() -> None:
    """Measure, and print what is to be reached beside what was."""
    with tempfile.TemporaryDirectory() as folder:
        without = _best("off", Path(folder))
        judged = _best("on", Path(folder))
    table = Table(title=f"All environments (best of {_ROUNDS}, warm)")
    for heading in ("gate", "seconds", "peak MiB"):
        table.add_column(heading, justify="left" if heading == "gate" else "right")
    for name, run in (("off", without), ("on", judged)):
        table.add_row(name, f"{run.seconds:.2f}", f"{run.peak_mib:.0f}")
    table.add_row("ratio (to reach)", f"{judged.seconds / without.seconds:.1f} x as long (4)", "")
    Console().print(table)


def _best(gate: str, folder: Path) -> Measured:
    environment = {"ARQ_GATE": gate, "CDKTF_OUTDIR": str(folder)}
    return measure([sys.executable, "-m", "environments"], environment=environment, rounds=_ROUNDS)


if __name__ == "__main__":
    main()
