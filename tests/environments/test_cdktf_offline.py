"""Tests that unmodified cdktf deploys and destroys on offline AWS with one variable and without prompts."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.environments.test_cdktf import CDKTF

pytestmark = pytest.mark.slow

OFFLINE = {"ARQ_OFFLINE": "1"}
ON_CI = {"CI": "1"}


def cdktf(project: Path, *arguments: str, **variables: str) -> str:
    """Run cdktf without input and return its output without colors."""
    inherited = {name: value for name, value in os.environ.items() if name not in {"CI", "ARQ_OFFLINE"}}
    done = subprocess.run(
        [CDKTF, *arguments],
        cwd=project,
        env={**inherited, "ARQ_GATE": "off", "NO_COLOR": "1", "FORCE_COLOR": "0", **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def state(project: Path, stack: str) -> list[object]:
    file = project / ".arq/offline/state" / f"{stack}.tfstate"
    resources: list[object] = json.loads(file.read_text())["resources"]
    return resources


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_both_stacks_of_an_environment_are_deployed_and_destroyed(project: Path) -> None:
    stacks = ("production", "production-platform")
    deployed = cdktf(project, "deploy", *stacks, "--auto-approve", **OFFLINE, **ON_CI)
    assert deployed.count("Apply complete!") == len(stacks)
    assert "simulated" in deployed
    assert "https://app.arq.example" in deployed
    for stack in stacks:
        assert state(project, stack) != []
        again = cdktf(project, "diff", stack, **OFFLINE, **ON_CI)
        assert "No changes." in again
        assert "simulated" in again
    # cdktf refuses to destroy production without its dependants, whether they were deployed or not.
    standby = ("production-standby", "production-standby-platform")
    destroyed = cdktf(project, "destroy", *stacks, *standby, "--auto-approve", **OFFLINE, **ON_CI)
    order = re.findall(r"(kubernetes_|helm_|aws_)\S+ .*: Destruction complete", destroyed)
    assert order == sorted(order, key=lambda provider: provider == "aws_")
    assert {"kubernetes_", "aws_"} <= set(order)
    for stack in stacks:
        assert state(project, stack) == []


def test_no_prompt_in_interactive_mode(project: Path) -> None:
    """Outside CI, cdktf redraws its output. All resources of this stack are protected from deletion."""
    assert "simulated" in cdktf(project, "deploy", "dev-bootstrap", "--auto-approve", **OFFLINE)
    assert state(project, "dev-bootstrap") != []
    assert "simulated" in cdktf(project, "destroy", "dev-bootstrap", "--auto-approve", **OFFLINE)
    assert state(project, "dev-bootstrap") == []


def test_offline_configuration_is_not_in_stacks_for_aws(project: Path) -> None:
    cdktf(project, "synth")
    plain = files(project / "cdktf.out")
    cdktf(project, "synth", **OFFLINE)
    assert files(project / "cdktf.out") == plain, "offline runs have a folder of their own"
    cdktf(project, "synth", "--output", "cdktf.out", **OFFLINE)
    assert files(project / "cdktf.out") != plain
    cdktf(project, "synth")
    assert files(project / "cdktf.out") == plain
