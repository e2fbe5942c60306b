"""Tests that `python -m environments` runs the gate, and warns if the gate is off."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket

from arqctl.core.errors import ExitCode
from environments import __main__ as app
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


def synthesize_bucket(folder: Path) -> Path:
    """Synthesize a stack with an unprotected bucket, which violates many rules."""
    cdktf_app = App(outdir=str(folder))
    stack = TerraformStack(cdktf_app, "qa")
    AwsProvider(stack, "aws")
    S3Bucket(stack, "bucket")
    cdktf_app.synth()
    return folder


@pytest.fixture(scope="module")
def run_without_gate(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """A run without the gate and without any program on the PATH."""
    folder = tmp_path_factory.mktemp("without-gate")
    return run(ROOT, folder / "out", ARQ_GATE="off", PATH=str(folder))


@pytest.mark.slow
def test_environments_pass_the_gate(tmp_path: Path) -> None:
    result = run(ROOT, tmp_path / "out")
    assert result.returncode == 0, result.stdout
    assert "PASS" in result.stdout
    assert result.stderr == ""


def test_violation_ends_with_exit_code_4_and_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(app, "synthesize_environments", lambda _: synthesize_bucket(tmp_path))
    assert app.main() is ExitCode.VIOLATION
    report = capsys.readouterr().out
    assert "FAIL" in report
    assert "qa/bucket" in report


@pytest.mark.slow
def test_violation_in_an_environment_ends_with_exit_code_4_and_report(project: Path, tmp_path: Path) -> None:
    (project / "tests").symlink_to(ROOT / "tests")
    grant = (
        '    database.grant_connect(settlement.identity, user="settlement", writes=["api"], pool_size=1)\n'
    )
    edit(project / "environments" / "shop.py", (grant, ""))
    result = run(project, tmp_path / "out")
    assert result.returncode == 4
    assert "FAIL" in result.stdout
    assert "shop_settlement_role_connect-database" in result.stdout


@pytest.mark.slow
def test_gate_off_prints_a_warning(run_without_gate: subprocess.CompletedProcess[str]) -> None:
    assert run_without_gate.returncode == 0
    assert "NOT EVALUATED" in run_without_gate.stdout
    assert run_without_gate.stdout.count("\n") == 1


def test_synthesis_needs_no_program_on_the_path(run_without_gate: subprocess.CompletedProcess[str]) -> None:
    assert run_without_gate.returncode == 0, run_without_gate.stderr
