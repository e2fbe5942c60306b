"""Runs the commands of a runbook in bash, with programs that only record their arguments."""

import os
import re
import subprocess
from pathlib import Path

_PROGRAMS = ("aws", "terraform", "cdktf", "arqctl", "sleep", "diff", "kubectl", "gh")
# Fields end with the unit separator, and commands with the record separator.
_RECORDER = """#!/bin/sh
case "$*" in
  *console) echo "\\"value of $(cat)\\"" ;;
  *"--output text") echo "arn:aws:s3:::found" ;;
esac
{ printf '%s\\037' "${0##*/}" "$@"; printf '\\036'; } >>"$LOG"
"""


def run_commands(page: str, folder: Path) -> list[list[str]]:
    """Run all commands of a page in one session, and return the arguments of each program."""
    programs, log = folder / "bin", folder / "log"
    programs.mkdir()
    for program in _PROGRAMS:
        path = programs / program
        path.write_text(_RECORDER)
        path.chmod(0o755)
    script = "set -euo pipefail\n" + "\n".join(re.findall(r"```sh\n(.*?)```", page, re.DOTALL))
    environment = {"PATH": f"{programs}:{os.environ['PATH']}", "LOG": str(log)}
    subprocess.run(["bash", "-c", script], check=True, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    return [command.split("\x1f")[:-1] for command in log.read_text().split("\x1e")[:-1]]
