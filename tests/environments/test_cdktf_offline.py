"""Unmodified cdktf deploys and destroys on offline AWS: one variable, no further flag, nothing asked."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.environments.test_cdktf import CDKTF

pytestmark = pytest.mark.slow

OFFLINE = {"ARQ_OFFLINE": "1"}
ON_CI = {"CI": "1"}


def cdktf(project: Path, *words: str, **variables: str) -> str:
    """What it says, without its colours. Nobody is there to answer it."""
    inherited = {name: value for name, value in os.environ.items() if name not in {"CI", "ARQ_OFFLINE"}}
    done = subprocess.run(
        [CDKTF, *words],
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


def test_an_environment_lives_and_ends(project: Path) -> None:
    deployed = cdktf(project, "deploy", "production", "--auto-approve", **OFFLINE, **ON_CI)
    assert "Apply complete!" in deployed
    assert "simulated" in deployed
    assert "https://app.arq.example" in deployed
    assert state(project, "production") != []
    again = cdktf(project, "diff", "production", **OFFLINE, **ON_CI)
    assert "No changes." in again
    assert "simulated" in again
    destroyed = cdktf(project, "destroy", "production", "--auto-approve", **OFFLINE, **ON_CI)
    assert "Destroy complete!" in destroyed
    assert state(project, "production") == []


def test_it_asks_nothing_where_a_person_looks_on_either(project: Path) -> None:
    """Outside of CI cdktf draws, and draws over what it has said; everything of this stack is protected."""
    assert "simulated" in cdktf(project, "deploy", "dev-bootstrap", "--auto-approve", **OFFLINE)
    assert state(project, "dev-bootstrap") != []
    assert "simulated" in cdktf(project, "destroy", "dev-bootstrap", "--auto-approve", **OFFLINE)
    assert state(project, "dev-bootstrap") == []


def test_nothing_of_it_is_in_what_goes_to_aws(project: Path) -> None:
    cdktf(project, "synth")
    plain = files(project / "cdktf.out")
    cdktf(project, "synth", **OFFLINE)
    assert files(project / "cdktf.out") == plain, "offline runs have a folder of their own"
    cdktf(project, "synth", "--output", "cdktf.out", **OFFLINE)
    assert files(project / "cdktf.out") != plain
    cdktf(project, "synth")
    assert files(project / "cdktf.out") == plain
