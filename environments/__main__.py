"""Build every environment, synthesize, and judge what was written: what `cdktf synth|diff|deploy` run.

`python -m environments` writes to `cdktf.out`. Exit codes: 0 all is well, 4 the gate found violations, 2 an
environment's values are wrong, 1 a fault of the tool. `ARQ_GATE=off` leaves the judging out, and says so.
`ARQ_OFFLINE=1` makes the stacks run on offline AWS.
"""

import gc
import os
import sys
from pathlib import Path

from arqctl.core.errors import ExitCode, InputError
from arqctl.core.settings import Settings
from arqctl.gate import judge, render_text
from arqctl.offline.target import configure_target
from constructs_arq.core.errors import ArqError
from environments.synthesis import synthesize

_SIMULATED = "ARQ_OFFLINE=1: offline AWS simulates everything that follows\n"
_GATE_IS_OFF = "!!! ARQ_GATE=off: synthesized WITHOUT JUDGING. Nothing here has passed the gate. !!!\n"


def main() -> ExitCode:
    """Synthesize and judge. Every problem is said once, without a traceback."""
    try:
        folder = synthesize()
        if configure_target(folder, root=Path.cwd()):
            sys.stdout.write(_SIMULATED)
        if os.environ.get("ARQ_GATE") == "off":
            sys.stdout.write(_GATE_IS_OFF)
            return ExitCode.PASS
        report = judge(folder, settings=Settings.load(Path.cwd()))
    except (ArqError, InputError) as error:
        sys.stderr.write(f"{error}\n")
        return ExitCode.WRONG_INPUT
    # In one piece: cdktf tears what it reads in several into blocks with empty lines between them.
    sys.stdout.write(render_text(report))
    return ExitCode.PASS if report.verdict == "pass" else ExitCode.VIOLATED


if __name__ == "__main__":
    exit_code = main()
    # Python's last garbage collection takes a tenth of the time, and the process is about to end.
    gc.freeze()
    sys.exit(exit_code)
