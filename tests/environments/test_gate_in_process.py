"""`python -m environments` judges what it wrote, and says when it did not."""

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


def test_our_environments_pass(tmp_path: Path) -> None:
    done = run(ROOT, tmp_path / "out")
    assert done.returncode == 0, done.stdout
    assert "PASS" in done.stdout
    assert done.stderr == ""


def test_a_violation_stops_with_4_and_a_page(project: Path, tmp_path: Path) -> None:
    (project / "tests").symlink_to(ROOT / "tests")
    edit(project / "environments" / "platform.py", ('    database.grant_connect(api, user="api")\n', ""))
    done = run(project, tmp_path / "out")
    assert done.returncode == 4
    assert "VIOLATED" in done.stdout
    assert "connect-database-as-api" in done.stdout


def test_a_gate_that_is_off_says_so_loudly(tmp_path: Path) -> None:
    done = run(ROOT, tmp_path / "out", ARQ_GATE="off")
    assert done.returncode == 0
    assert "WITHOUT JUDGING" in done.stdout
    assert done.stdout.count("\n") == 1


def test_synthesis_needs_neither_terraform_nor_anything_else_on_the_path(tmp_path: Path) -> None:
    done = run(ROOT, tmp_path / "out", ARQ_GATE="off", PATH=str(tmp_path))
    assert done.returncode == 0, done.stderr
