"""Runs the command line in this process, or in a separate one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from arqctl import __main__ as command_line

SOURCES = {**os.environ, "PYTHONPATH": str(Path(command_line.__file__).parents[1])}


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run the command in this process. Return the exit code, standard output and standard error."""
    before, sys.argv = sys.argv, ["arqctl", *arguments]
    try:
        with pytest.raises(SystemExit) as raised:
            command_line.main()
    finally:
        sys.argv = before
    output = capsys.readouterr()
    return int(raised.value.code or 0), output.out, output.err


def arqctl(folder: Path, *arguments: str, seed: str = "0") -> subprocess.CompletedProcess[str]:
    """Run the command in a separate process, with `seed` for Python's hashes."""
    line = [sys.executable, "-m", "arqctl", *arguments]
    environment = {**SOURCES, "PYTHONHASHSEED": seed}
    return subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, check=False)
