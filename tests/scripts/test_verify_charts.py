"""The script compares digests of archives and manifests with the matrix, with a helm that the test writes."""

import hashlib
from pathlib import Path

import pytest

from constructs_arq.platform.support_matrix import Chart, find_release
from scripts.verify_charts import main

HELM = """#!/bin/sh
case "$*" in
  *--repo*) for last; do :; done; printf archive > "$last/chart.tgz" ;;
  *) echo "Digest: $FAKE_DIGEST" >&2 ;;
esac
exit ${FAKE_EXIT:-0}
"""


@pytest.fixture(autouse=True)
def _helm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "helm"
    program.write_text(HELM)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")


def test_manifest_with_the_digest_is_verified(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FAKE_DIGEST", str(find_release(Chart.KARPENTER).digest))
    assert main(["karpenter"]) == 0
    assert capsys.readouterr().out == "karpenter 1.14.1: verified\n"


def test_other_archive_fails_with_both_digests(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keda"]) == 1
    got = hashlib.sha256(b"archive").hexdigest()
    expected = find_release(Chart.KEDA).digest
    assert capsys.readouterr().out == f"keda 2.20.2: expected {expected}, got sha256:{got}\n"


def test_digest_is_printed_if_the_matrix_has_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FAKE_DIGEST", f"sha256:{'1' * 64}")
    assert main(["trivy-operator"]) == 0
    assert f"the registry has sha256:{'1' * 64}" in capsys.readouterr().out


def test_unreadable_chart_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FAKE_EXIT", "1")
    assert main(["karpenter"]) == 1
    assert "unreadable" in capsys.readouterr().out
