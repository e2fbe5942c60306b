"""The table of vulnerable images lists each finding once, and only critical ones fail."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from scripts import list_vulnerabilities
from scripts.list_vulnerabilities import main

Capture = pytest.CaptureFixture[str]
DIGEST = f"sha256:{'1' * 64}"
ACCEPTED = """
vulnerabilities:
- {id: CVE-2026-1, statement: not reachable, expired_at: 2999-01-01}
- {id: CVE-2026-2, statement: was not reachable, expired_at: 2020-01-01}
"""


@pytest.fixture(autouse=True)
def _accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ignored.yaml").write_text(ACCEPTED)
    monkeypatch.setattr(list_vulnerabilities, "_ACCEPTED", tmp_path / "ignored.yaml")


def vulnerability(number: int, severity: str, fixed: str = "1.2.4") -> dict[str, Any]:
    return {
        "vulnerabilityID": f"CVE-2026-{number}",
        "severity": severity,
        "resource": "libssl3",
        "installedVersion": "1.2.3",
        "fixedVersion": fixed,
        "title": "a title",
    }


def report(*vulnerabilities: dict[str, Any], tag: str = "") -> dict[str, Any]:
    artifact = {"repository": "dev-images", **({"tag": tag} if tag else {"digest": DIGEST})}
    content = {
        "registry": {"server": "1.dkr.example"},
        "artifact": artifact,
        "vulnerabilities": [*vulnerabilities],
    }
    return {"metadata": {"namespace": "shop"}, "report": content}


def list_reports(monkeypatch: pytest.MonkeyPatch, *reports: dict[str, Any]) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({"items": reports})))
    return main()


def test_a_critical_finding_fails_with_image_and_fixed_version(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    assert list_reports(monkeypatch, report(vulnerability(9, "CRITICAL"), vulnerability(8, "HIGH"))) == 1
    summary, _, *table = capsys.readouterr().out.splitlines()
    assert summary == "1 containers: 1 critical and 1 high vulnerabilities, and 0 accepted"
    image = f"1.dkr.example/dev-images@{DIGEST}"
    assert table[2:] == [
        f"| CRITICAL | {image} | CVE-2026-9 | libssl3 | 1.2.3 | 1.2.4 |",
        f"| HIGH | {image} | CVE-2026-8 | libssl3 | 1.2.3 | 1.2.4 |",
    ]


def test_high_findings_are_listed_and_pass(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    low = vulnerability(7, "MEDIUM")
    assert list_reports(monkeypatch, report(vulnerability(8, "HIGH", fixed=""), low, tag="v1")) == 0
    rows = capsys.readouterr().out.splitlines()[4:]
    assert rows == ["| HIGH | 1.dkr.example/dev-images:v1 | CVE-2026-8 | libssl3 | 1.2.3 | none |"]


def test_an_image_of_several_containers_is_listed_once(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    assert list_reports(monkeypatch, *[report(vulnerability(9, "CRITICAL"))] * 3) == 1
    assert capsys.readouterr().out.count("CVE-2026-9") == 1


def test_an_accepted_finding_passes_until_its_date(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    assert list_reports(monkeypatch, report(vulnerability(1, "CRITICAL"))) == 0
    assert capsys.readouterr().out == "1 containers: 0 critical and 0 high vulnerabilities, and 1 accepted\n"
    assert list_reports(monkeypatch, report(vulnerability(2, "CRITICAL"))) == 1


def test_images_without_findings_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list_reports(monkeypatch, report()) == 0


def test_a_scanner_that_writes_no_reports_fails(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    assert list_reports(monkeypatch) == 1
    assert "There are no reports" in capsys.readouterr().err


def test_the_file_of_accepted_vulnerabilities_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    file = Path(__file__).parents[2] / "services/ignored-vulnerabilities.yaml"
    monkeypatch.setattr(list_vulnerabilities, "_ACCEPTED", file)
    assert list_reports(monkeypatch, report()) == 0
