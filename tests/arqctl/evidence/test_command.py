"""Output and exit codes of `arqctl evidence`."""

import json

import pytest

from tests.arqctl.command_line import arqctl, run
from tests.arqctl.projects import HARMLESS, OPEN_DATABASE, Project

DATE = ("--date", "2026-11-26")
FROM = ("--from", "cdktf.out")


@pytest.fixture
def evidence_project(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(project.root)
    return project


def test_a_failed_control_exits_with_4(evidence_project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    evidence_project.stack("dev", OPEN_DATABASE)
    code, out, _ = run(capsys, "evidence", "dev", *DATE, *FROM)
    assert code == 4
    assert "| **2.3.1** RDS instances are encrypted at rest | **failed** |" in out


def test_no_failed_control_exits_with_0(
    evidence_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    evidence_project.stack("dev", HARMLESS)
    code, out, _ = run(capsys, "evidence", "dev", *DATE, *FROM)
    assert code == 0
    assert "**no evidence**" in out
    assert "**passed**" not in out


def test_waivers_expire_relative_to_the_given_date(
    evidence_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    evidence_project.stack("dev", {"aws_db_instance": {"main": {"storage_encrypted": False}}})
    evidence_project.waive(expires="2026-12-01")
    states = {}
    for date in ("2026-12-01", "2026-12-02"):
        _, out, _ = run(capsys, "evidence", "dev", *FROM, "--date", date, "--format", "json")
        document = json.loads(out)
        assert document["date"] == date
        states[date] = document["frameworks"]["cis-aws"]["controls"]["2.3.1"]["state"]
    assert states == {"2026-12-01": "waived", "2026-12-02": "failed"}


def test_evidence_is_written_to_a_file(evidence_project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    evidence_project.stack("dev", HARMLESS)
    code, out, _ = run(capsys, "evidence", "dev", *DATE, *FROM, "--output", "evidence.md")
    assert (code, out) == (0, "")
    assert (evidence_project.root / "evidence.md").read_text().startswith("# Evidence: dev\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("prod", *FROM), "environment 'prod'"),
        (("dev", "--from", "nowhere"), "holds no manifest.json"),
        (("dev",), "no cdktf.json"),
        (("dev", *FROM, "--date", "tomorrow"), "tomorrow"),
        (("dev", *FROM, "--format", "pdf"), "pdf"),
    ],
)
def test_invalid_input_exits_with_2(
    evidence_project: Project, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    evidence_project.stack("dev", HARMLESS)
    code, _, err = run(capsys, "evidence", *arguments)
    assert code == 2
    assert message in err


@pytest.mark.slow
def test_the_same_configuration_gives_the_same_text(evidence_project: Project) -> None:
    evidence_project.stack("dev", OPEN_DATABASE)
    texts = set()
    for seed in ("1", "2"):
        done = arqctl(evidence_project.root, "evidence", "dev", *DATE, *FROM, seed=seed)
        assert done.returncode == 4, done.stderr
        texts.add(done.stdout)
    assert len(texts) == 1
