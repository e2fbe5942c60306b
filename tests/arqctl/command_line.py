"""The command line as tests run it: in this process, or as a user does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from arqctl import __main__ as command_line

SOURCES = {**os.environ, "PYTHONPATH": str(Path(command_line.__file__).parents[1])}


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run the command in this process: the exit code, and what it said on both channels."""
    before, sys.argv = sys.argv, ["arqctl", *arguments]
    try:
        with pytest.raises(SystemExit) as raised:
            command_line.main()
    finally:
        sys.argv = before
    said = capsys.readouterr()
    return int(raised.value.code or 0), said.out, said.err


def arqctl(folder: Path, *arguments: str, seed: str = "0") -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, with the seed that Python hashes by."""
    line = [sys.executable, "-m", "arqctl", *arguments]
    environment = {**SOURCES, "PYTHONHASHSEED": seed}
    return subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, check=False)
