"""Tests that the installed cdktf writes the same stacks as `python -m environments`."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.environments.test_discovery import ROOT, edit
from tests.environments.test_snapshots import STACKS

CDKTF = ROOT / ".venv" / "bin" / "cdktf"

pytestmark = pytest.mark.slow


def cdktf(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [CDKTF, *arguments],
        cwd=folder,
        env={**os.environ, "CI": "1", "ARQ_GATE": "off"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_synth_writes_the_same_files(assembly_dir: Path, tmp_path: Path) -> None:
    done = cdktf("synth", "--output", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    for stack in STACKS:
        expected = (assembly_dir / "stacks" / stack / "cdk.tf.json").read_text()
        written = (tmp_path / "stacks" / stack / "cdk.tf.json").read_text()
        assert written == expected


def test_list_shows_all_stacks(tmp_path: Path) -> None:
    done = cdktf("list", "--output", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    for stack in STACKS:
        assert f"{stack} " in done.stdout


def test_invalid_value_stops_cdktf_and_is_shown(project: Path) -> None:
    edit(project / "environments" / "production.py", ("backup_days=35", "backup_days=99"))
    done = cdktf("synth", folder=project)
    assert done.returncode == 1
    assert "environments/production.py: database.backup_days: " in done.stdout
    assert not (project / "cdktf.out" / "stacks").exists()


@pytest.mark.parametrize("command", ["diff", "deploy"])
def test_example_values_stop_cdktf_before_terraform_runs(project: Path, command: str) -> None:
    done = cdktf(command, "production", folder=project)
    assert done.returncode == 1
    assert "values that can't work on AWS: " in done.stdout
    assert "environments/production.py: zone_id: must not be an example id" in done.stdout
    assert not list(project.rglob(".terraform"))
