"""The command line: what is written where, and the exit code that people act on."""

import json

import pytest

from tests.arqctl.command_line import arqctl, run
from tests.arqctl.projects import HARMLESS, OPEN_DATABASE, Project

DAY = ("--date", "2026-11-26")
FROM = ("--from", "cdktf.out")


@pytest.fixture
def standing(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(project.root)
    return project


def test_a_control_that_failed_ends_with_4(standing: Project, capsys: pytest.CaptureFixture[str]) -> None:
    standing.stack("dev", OPEN_DATABASE)
    code, out, _ = run(capsys, "evidence", "dev", *DAY, *FROM)
    assert code == 4
    assert "| **2.3.1** RDS instances are encrypted at rest | **failed** |" in out


def test_none_that_failed_ends_with_0(standing: Project, capsys: pytest.CaptureFixture[str]) -> None:
    standing.stack("dev", HARMLESS)
    code, out, _ = run(capsys, "evidence", "dev", *DAY, *FROM)
    assert code == 0
    assert "**no evidence**" in out
    assert "**passed**" not in out


def test_waivers_are_held_against_the_day_that_is_named(
    standing: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    standing.stack("dev", {"aws_db_instance": {"main": {"storage_encrypted": False}}})
    standing.waive(expires="2026-12-01")
    states = {}
    for day in ("2026-12-01", "2026-12-02"):
        _, out, _ = run(capsys, "evidence", "dev", *FROM, "--date", day, "--format", "json")
        document = json.loads(out)
        assert document["date"] == day
        states[day] = document["frameworks"]["cis-aws"]["controls"]["2.3.1"]["state"]
    assert states == {"2026-12-01": "waived", "2026-12-02": "failed"}


def test_it_is_written_to_a_file(standing: Project, capsys: pytest.CaptureFixture[str]) -> None:
    standing.stack("dev", HARMLESS)
    code, out, _ = run(capsys, "evidence", "dev", *DAY, *FROM, "--output", "evidence.md")
    assert (code, out) == (0, "")
    assert (standing.root / "evidence.md").read_text().startswith("# Evidence: dev\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("prod", *FROM), "environment 'prod'"),
        (("dev", "--from", "nowhere"), "holds no manifest.json"),
        (("dev",), "no cdktf.json"),
        (("dev", *FROM, "--date", "tomorrow"), "tomorrow"),
        (("dev", *FROM, "--format", "pdf"), "pdf"),
    ],
)
def test_wrong_input_ends_with_2(
    standing: Project, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    standing.stack("dev", HARMLESS)
    code, _, err = run(capsys, "evidence", *arguments)
    assert code == 2
    assert said in err


def test_the_same_configuration_is_the_same_text(standing: Project) -> None:
    standing.stack("dev", OPEN_DATABASE)
    texts = set()
    for seed in ("1", "2"):
        done = arqctl(standing.root, "evidence", "dev", *DAY, *FROM, seed=seed)
        assert done.returncode == 4, done.stderr
        texts.add(done.stdout)
    assert len(texts) == 1
