"""Tests that load requests are sent without waiting, and that error replies are reported."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

LOAD_MISSING_PACKAGE = """
import constructs_arq
from jsii._runtime import JSIIAssembly, kernel
kernel.load("@example/missing", "1.0.0", "/nonexistent/missing.tgz")
print("sent")
from cdktf import App
App()
"""


def test_a_failed_load_is_reported_at_the_next_request() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOAD_MISSING_PACKAGE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "sent\n"
    assert done.returncode == 1
    assert "JSIIError: @example/missing could not be loaded: " in done.stderr
