"""The CDKTF app: `cdktf synth`, `diff` and `deploy` run `python -m environments`.

It synthesizes all environments to `cdktf.out` and evaluates the result with the gate, so that `cdktf` stops
on a violation. Exit codes: 0 pass, 4 violations, 2 invalid values, 1 internal error. `ARQ_GATE=off` skips the
gate. `ARQ_OFFLINE=1` configures the stacks for offline AWS. `ARQ_AWS_STACKS` names the stacks that a command
plans or deploys on AWS, where example values are invalid; `arqctl` and the cdktf launcher set it.
`ARQ_PROMOTED` is the environment whose standby has taken over: `arqctl drill region` sets it.
"""

import gc
import os
import sys
from pathlib import Path

from arqctl.core.errors import ExitCode, InputError
from arqctl.core.settings import Settings
from arqctl.core.synthesis import AWS_STACKS_VARIABLE, PROMOTED_VARIABLE
from arqctl.gate import evaluate, render_text
from arqctl.offline.target import configure_target
from constructs_arq.core.errors import ArqError
from environments.discovery import discover_environments, discover_paging
from environments.placeholders import reject_placeholders
from environments.standby_config import promote_standby
from environments.synthesis import synthesize_environments

_OFFLINE_NOTICE = "ARQ_OFFLINE=1: the following output is simulated by offline AWS.\n"
_GATE_OFF_WARNING = "!!! ARQ_GATE=off: the gate has NOT EVALUATED these stacks. !!!\n"


def main() -> ExitCode:
    """Synthesize all environments, run the gate, and return the exit code."""
    try:
        folder = _synthesize_for_target()
        return ExitCode.PASS if _is_gate_off() else _run_gate(folder)
    except (ArqError, InputError) as error:
        sys.stderr.write(f"{error}\n")
        return ExitCode.INVALID_INPUT


def _synthesize_for_target() -> Path:
    environments = discover_environments()
    reject_placeholders(environments, os.environ.get(AWS_STACKS_VARIABLE, "").split(), discover_paging())
    promoted = os.environ.get(PROMOTED_VARIABLE)
    folder = synthesize_environments(
        promote_standby(env) if env.name == promoted else env for env in environments
    )
    if configure_target(folder, root=Path.cwd()):
        sys.stdout.write(_OFFLINE_NOTICE)
    return folder


def _is_gate_off() -> bool:
    if os.environ.get("ARQ_GATE") != "off":
        return False
    sys.stdout.write(_GATE_OFF_WARNING)
    return True


def _run_gate(folder: Path) -> ExitCode:
    report = evaluate(folder, settings=Settings.load(Path.cwd())).report
    # A single write, because cdktf inserts empty lines between the chunks that it reads.
    sys.stdout.write(render_text(report))
    return ExitCode.PASS if report.verdict == "pass" else ExitCode.VIOLATION


if __name__ == "__main__":
    exit_code = main()
    # Skip Python's final garbage collection, which takes a tenth of the run time.
    gc.freeze()
    sys.exit(exit_code)
