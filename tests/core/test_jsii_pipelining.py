"""Loads are sent without waiting, and an answer that is an error is not lost."""

import subprocess
import sys
from pathlib import Path

from jsii._kernel.providers.process import _NodeProcess

from constructs_arq.core.jsii_pipelining import work_ahead

ROOT = Path(__file__).parents[2]

LOAD_WHAT_DOES_NOT_EXIST = """
import constructs_arq
from jsii._runtime import JSIIAssembly, kernel
kernel.load("@example/missing", "1.0.0", "/nonexistent/missing.tgz")
print("sent")
from cdktf import App
App()
"""


def test_a_package_that_cannot_be_loaded_is_told_by_name_at_the_next_request() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOAD_WHAT_DOES_NOT_EXIST],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "sent\n"
    assert done.returncode == 1
    assert "JSIIError: @example/missing could not be loaded: " in done.stderr


def test_to_work_ahead_twice_is_to_work_ahead_once() -> None:
    before = _NodeProcess.send
    work_ahead()
    assert _NodeProcess.send is before
