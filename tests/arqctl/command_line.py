"""Runs `arqctl` in this process or in a new one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from arqctl import __main__ as command_line

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(command_line.__file__).parents[1])}


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a command in this process, and return exit code, standard output and standard error."""
    before, sys.argv = sys.argv, ["arqctl", *arguments]
    try:
        with pytest.raises(SystemExit) as raised:
            command_line.main()
    finally:
        sys.argv = before
    printed = capsys.readouterr()
    return int(raised.value.code or 0), printed.out, printed.err


def arqctl(folder: Path, *arguments: str, seed: str = "0") -> subprocess.CompletedProcess[str]:
    """Run a command in a new process, with a seed for Python's hashes."""
    command = [sys.executable, "-m", "arqctl", *arguments]
    environment = {**ENVIRONMENT, "PYTHONHASHSEED": seed}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
