"""The command line: what it prints, and the exit code that CI and people act on."""

import json

import pytest
import typer

from arqctl import __main__ as command_line
from arqctl.gate import command
from tests.arqctl.command_line import arqctl, run
from tests.arqctl.projects import HARMLESS, OPEN_DATABASE, Project, make_app, xml


@pytest.fixture
def here(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The project, which is also the current folder."""
    monkeypatch.chdir(project.root)
    return project


def test_accepting_what_is_synthesized_makes_a_clean_project_pass(project: Project) -> None:
    project.stack("dev", HARMLESS)
    missing = arqctl(project.root, "gate", "--from", "cdktf.out")
    assert (missing.returncode, missing.stderr) == (4, "")
    accepted = arqctl(project.root, "accept", "--from", "cdktf.out")
    assert (accepted.returncode, accepted.stdout) == (0, "dev: 1 addresses added, 0 dropped\n")
    passed = arqctl(project.root, "gate", "--from", "cdktf.out")
    assert (passed.returncode, passed.stderr) == (0, "")
    assert passed.stdout.rstrip().split("\n")[-1].startswith("PASS")


def test_wrong_input_ends_with_two_and_one_message(project: Project) -> None:
    done = arqctl(project.root, "gate", "--from", ".")
    assert (done.returncode, done.stdout) == (2, "")
    assert "manifest.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_fault_of_the_tool_ends_with_one(
    here: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def faulty(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    here.stack("dev", HARMLESS)
    monkeypatch.setattr(command, "judge", faulty)
    code, _, said = run(capsys, "gate", "--from", "cdktf.out")
    assert code == 1
    assert "a fault of arqctl, not of your input: RuntimeError: a bug" in said
    assert "Traceback" not in said
    monkeypatch.setenv("ARQ_TRACEBACK", "1")
    assert "Traceback" in run(capsys, "gate", "--from", "cdktf.out")[2]


def test_each_format_is_written_and_ends_with_the_verdict(
    here: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    here.stack("dev", OPEN_DATABASE)
    code, text, _ = run(capsys, "gate", "--from", "cdktf.out")
    assert code == 4
    assert "CKV_AWS_16" in text
    code, text, _ = run(capsys, "gate", "dev", "--from", "cdktf.out", "--format", "json")
    assert (code, json.loads(text)["verdict"]) == (4, "violated")
    code, text, _ = run(capsys, "gate", "--from", "cdktf.out", "--format", "junit")
    assert (code, xml(text).tag) == (4, "testsuites")
    code, text, _ = run(capsys, "gate", "--from", "cdktf.out", "--format", "sarif", "--output", "gate.sarif")
    assert (code, text) == (4, "")
    assert json.loads((here.root / "gate.sarif").read_text())["version"] == "2.1.0"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["prod"], "environment 'prod'"),
        (["--output", "cdktf.out/manifest.json/report.txt"], "manifest.json/report.txt"),
        (["--format", "yaml"], "yaml"),
    ],
)
def test_wrong_arguments_end_with_two(
    here: Project, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    here.stack("dev", HARMLESS)
    code, _, message = run(capsys, "gate", "--from", "cdktf.out", *arguments)
    assert code == 2
    assert said in message


def test_without_from_the_nearest_projects_app_is_synthesized(
    here: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here.stack("dev", HARMLESS)
    make_app(here)
    (here.root / "deeper/down").mkdir(parents=True)
    monkeypatch.chdir(here.root / "deeper/down")
    assert run(capsys, "accept")[0] == 0
    assert (here.root / "tests/snapshots/dev.json").is_file()
    code, said, _ = run(capsys, "gate")
    assert (code, "PASS" in said) == (0, True)


def test_an_app_that_fails_says_what_it_said(here: Project, capsys: pytest.CaptureFixture[str]) -> None:
    here.stack("dev", HARMLESS)
    make_app(here, "import sys; sys.exit('production.cidr: overlaps with staging')")
    code, _, said = run(capsys, "gate")
    assert code == 2
    assert "production.cidr: overlaps with staging" in said


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"app": " "}'])
def test_a_malformed_cdktf_json_is_named(
    here: Project, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    here.write("cdktf.json", text)
    code, _, said = run(capsys, "gate")
    assert code == 2
    assert "cdktf.json" in said


def test_outside_a_project_it_says_so(here: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert here.root.is_dir()
    code, _, said = run(capsys, "gate")
    assert code == 2
    assert "no cdktf.json here or above" in said


def test_accepting_keeps_a_stateful_address_that_vanished(
    here: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    here.stack("dev", HARMLESS)
    here.write("tests/addresses/dev.txt", "aws_kms_key.main\n")
    code, _, said = run(capsys, "accept", "--from", "cdktf.out")
    assert code == 4
    assert "aws_kms_key.main" in said
    assert "aws_kms_key.main" in (here.root / "tests/addresses/dev.txt").read_text()


def test_an_unreadable_stack_is_not_accepted(here: Project, capsys: pytest.CaptureFixture[str]) -> None:
    here.raw("dev", "{")
    code, _, said = run(capsys, "accept", "--from", "cdktf.out")
    assert code == 2
    assert "cdk.tf.json" in said
    assert not (here.root / "tests/snapshots").exists()


@pytest.mark.parametrize("name", typer.main.get_group(command_line.app).commands)
def test_each_command_explains_itself_with_an_example_in_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    code, said, _ = run(capsys, name, "--help")
    assert code == 0
    assert f"Example: arqctl {name}" in " ".join(said.split())
    assert "Exit codes: 0 " in said
    assert max(map(len, said.split("\n"))) <= 80
