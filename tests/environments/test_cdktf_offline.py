"""Unmodified cdktf deploys and destroys on offline AWS: one variable, no further flag, nothing asked."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.environments.test_cdktf import CDKTF

pytestmark = pytest.mark.slow

OFFLINE = {"ARQ_TARGET": "offline"}
ON_CI = {"CI": "1"}


def cdktf(project: Path, *words: str, **variables: str) -> str:
    """What it says, without its colours. Nobody is there to answer it."""
    inherited = {name: value for name, value in os.environ.items() if name not in {"CI", "ARQ_TARGET"}}
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
    assert 'site_url = "https://app.arq.example"' in deployed or "https://app.arq.example" in deployed
    assert state(project, "production") != []
    assert "No changes." in cdktf(project, "diff", "production", **OFFLINE)
    assert "Destroy complete!" in cdktf(
        project, "destroy", "production", "--auto-approve", **OFFLINE, **ON_CI
    )
    assert state(project, "production") == []


def test_what_keeps_its_state_lives_and_ends(project: Path) -> None:
    """Where cdktf draws for a person; everything of this stack is protected."""
    deployed = cdktf(project, "deploy", "dev-bootstrap", "--auto-approve", **OFFLINE)
    assert "Apply complete!" in deployed
    assert "simulated" in deployed
    assert state(project, "dev-bootstrap") != []
    assert "Destroy complete!" in cdktf(project, "destroy", "dev-bootstrap", "--auto-approve", **OFFLINE)
    assert state(project, "dev-bootstrap") == []


def test_nothing_of_it_is_in_what_goes_to_aws(project: Path, tmp_path: Path, synthesized: Path) -> None:
    cdktf(project, "synth", **OFFLINE)
    assert not (project / "cdktf.out").exists()
    cdktf(project, "synth")
    assert files(project / "cdktf.out" / "stacks") == files(synthesized / "stacks")
    assert [file.name for file in tmp_path.rglob("*.tfstate")] == []
