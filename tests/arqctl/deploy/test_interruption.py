"""A deployment that a pipeline or a terminal interrupts: real Terraform saves the state of what exists."""

import json
import subprocess
import sys

import pytest

from tests.arqctl.command_line import ENVIRONMENT
from tests.arqctl.terraform.local_project import LocalProject

# Terraform runs the command, and arqctl runs Terraform. `arqctl` leads its process group, as in a terminal.
ARQCTL = "$(ps -o ppid= -p $PPID | tr -d ' ')"
INTERRUPTIONS = {
    "the end of a machine": f"kill -TERM {ARQCTL}",
    "a cancelled job": f"kill -INT {ARQCTL}; kill -TERM {ARQCTL}",
    "Ctrl-C in a terminal": f"kill -INT -{ARQCTL}",
}


@pytest.mark.slow
@pytest.mark.parametrize("interruption", INTERRUPTIONS)
def test_the_state_of_an_interrupted_apply_is_saved(interruption: str, local_project: LocalProject) -> None:
    local_project.write_stacks(dev="one")
    local_project.add_slow_resource("dev", INTERRUPTIONS[interruption])
    reason = "provisioners need an emergency"
    result = subprocess.run(
        [sys.executable, "-m", "arqctl", "deploy", "dev", "--yes", "--break-glass", reason],
        cwd=local_project.root,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )
    assert result.returncode == 1, result.stderr
    assert "Stopped. The state contains what was done: run it again to continue.\n" in result.stderr
    state = json.loads((local_project.root / "state/dev.tfstate").read_text())
    status = {each["name"]: each["instances"][0].get("status") for each in state["resources"]}
    assert status == {"main": None, "slow": "tainted"}
