"""Tests that `python -m environments` runs the gate, and warns if the gate is off."""

import os
import subprocess
import sys
from pathlib import Path

from tests.environments.test_discovery import ROOT, edit


def run(folder: Path, outdir: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "environments"],
        cwd=folder,
        env={**os.environ, "CDKTF_OUTDIR": str(outdir), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_environments_pass_the_gate(tmp_path: Path) -> None:
    done = run(ROOT, tmp_path / "out")
    assert done.returncode == 0, done.stdout
    assert "PASS" in done.stdout
    assert done.stderr == ""


def test_violation_ends_with_exit_code_4_and_report(project: Path, tmp_path: Path) -> None:
    (project / "tests").symlink_to(ROOT / "tests")
    edit(project / "environments" / "platform.py", ('    database.grant_connect(api, user="api")\n', ""))
    done = run(project, tmp_path / "out")
    assert done.returncode == 4
    assert "VIOLATED" in done.stdout
    assert "connect-database-as-api" in done.stdout


def test_gate_off_prints_a_warning(tmp_path: Path) -> None:
    done = run(ROOT, tmp_path / "out", ARQ_GATE="off")
    assert done.returncode == 0
    assert "NOT EVALUATED" in done.stdout
    assert done.stdout.count("\n") == 1


def test_synthesis_needs_no_program_on_the_path(tmp_path: Path) -> None:
    done = run(ROOT, tmp_path / "out", ARQ_GATE="off", PATH=str(tmp_path))
    assert done.returncode == 0, done.stderr
