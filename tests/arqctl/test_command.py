"""The command line: what it prints, and the exit code that CI and people act on."""

import json
from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperGroup

from arqctl import __main__ as command_line
from arqctl.gate import command
from tests.arqctl.command_line import arqctl, run
from tests.arqctl.projects import HARMLESS, OPEN_DATABASE, Project, make_app, xml


@pytest.fixture
def current_project(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The project, which is also the current folder."""
    monkeypatch.chdir(project.root)
    return project


def test_accepting_what_is_synthesized_makes_a_clean_project_pass(project: Project) -> None:
    project.stack("dev", HARMLESS)
    missing = arqctl(project.root, "gate", "--from", "cdktf.out")
    assert (missing.returncode, missing.stderr) == (4, "")
    accepted = arqctl(project.root, "snapshot", "update", "--from", "cdktf.out")
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
    current_project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def faulty(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    current_project.stack("dev", HARMLESS)
    monkeypatch.setattr(command, "evaluate", faulty)
    code, _, said = run(capsys, "gate", "--from", "cdktf.out")
    assert code == 1
    assert "internal error: RuntimeError: a bug" in said
    assert "Traceback" not in said
    monkeypatch.setenv("ARQ_TRACEBACK", "1")
    assert "Traceback" in run(capsys, "gate", "--from", "cdktf.out")[2]


def test_each_format_is_written_and_ends_with_the_verdict(
    current_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    current_project.stack("dev", OPEN_DATABASE)
    code, text, _ = run(capsys, "gate", "--from", "cdktf.out")
    assert code == 4
    assert "CKV_AWS_16" in text
    code, text, _ = run(capsys, "gate", "dev", "--from", "cdktf.out", "--format", "json")
    assert (code, json.loads(text)["verdict"]) == (4, "fail")
    code, text, _ = run(capsys, "gate", "--from", "cdktf.out", "--format", "junit")
    assert (code, xml(text).tag) == (4, "testsuites")
    code, text, _ = run(capsys, "gate", "--from", "cdktf.out", "--format", "sarif", "--output", "gate.sarif")
    assert (code, text) == (4, "")
    assert json.loads((current_project.root / "gate.sarif").read_text())["version"] == "2.1.0"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["prod"], "environment 'prod'"),
        (["--output", "cdktf.out/manifest.json/report.txt"], "manifest.json/report.txt"),
        (["--format", "yaml"], "yaml"),
    ],
)
def test_wrong_arguments_end_with_two(
    current_project: Project, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    current_project.stack("dev", HARMLESS)
    code, _, message = run(capsys, "gate", "--from", "cdktf.out", *arguments)
    assert code == 2
    assert said in message


def test_without_from_the_nearest_projects_app_is_synthesized(
    current_project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    current_project.stack("dev", HARMLESS)
    make_app(current_project)
    (current_project.root / "deeper/down").mkdir(parents=True)
    monkeypatch.chdir(current_project.root / "deeper/down")
    assert run(capsys, "snapshot", "update")[0] == 0
    assert (current_project.root / "tests/snapshots/dev.json").is_file()
    code, said, _ = run(capsys, "gate")
    assert (code, "PASS" in said) == (0, True)


def test_an_app_that_fails_says_what_it_said(
    current_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    current_project.stack("dev", HARMLESS)
    make_app(current_project, "import sys; sys.exit('production.cidr: overlaps with staging')")
    code, _, said = run(capsys, "gate")
    assert code == 2
    assert "production.cidr: overlaps with staging" in said


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"app": " "}'])
def test_a_malformed_cdktf_json_is_named(
    current_project: Project, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    current_project.write("cdktf.json", text)
    code, _, said = run(capsys, "gate")
    assert code == 2
    assert "cdktf.json" in said


def test_outside_a_project_it_says_so(current_project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert current_project.root.is_dir()
    code, _, said = run(capsys, "gate")
    assert code == 2
    assert "no cdktf.json here or above" in said


def test_a_snapshot_update_keeps_a_stateful_address_that_disappeared(
    current_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    current_project.stack("dev", HARMLESS)
    current_project.write("tests/addresses/dev.txt", "aws_kms_key.main\n")
    code, _, said = run(capsys, "snapshot", "update", "--from", "cdktf.out")
    assert code == 4
    assert "aws_kms_key.main" in said
    assert "aws_kms_key.main" in (current_project.root / "tests/addresses/dev.txt").read_text()


def test_an_unreadable_stack_updates_no_snapshot(
    current_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    current_project.raw("dev", "{")
    code, _, said = run(capsys, "snapshot", "update", "--from", "cdktf.out")
    assert code == 2
    assert "cdk.tf.json" in said
    assert not (current_project.root / "tests/snapshots").exists()


def test_the_gate_writes_several_formats_in_one_run(
    current_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    current_project.stack("dev", HARMLESS)
    run(capsys, "snapshot", "update", "--from", "cdktf.out")
    files = ("--format", "json", "--output", "gate.json", "--format", "sarif", "--output", "gate.sarif")
    code, page, _ = run(capsys, "gate", "--from", "cdktf.out", *files, "--format", "text")
    assert (code, "PASS" in page) == (0, True)
    assert json.loads((current_project.root / "gate.json").read_text())["verdict"] == "pass"
    assert json.loads((current_project.root / "gate.sarif").read_text())["version"] == "2.1.0"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--format", "json", "--format", "sarif"),
        ("--output", "a", "--output", "b"),
        ("--format", "json", "--format", "sarif", "--format", "text", "--output", "a"),
    ],
)
def test_formats_and_files_that_do_not_pair_up_are_refused(
    current_project: Project, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    current_project.stack("dev", HARMLESS)
    code, _, message = run(capsys, "gate", "--from", "cdktf.out", *arguments)
    assert code == 2
    assert "--format and --output: do not pair up" in message
    assert not (current_project.root / "a").exists()


def test_environments_are_listed_for_people_and_for_pipelines(
    current_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    for stack in ("staging", "dev", "dev-bootstrap"):
        current_project.stack(stack, HARMLESS)
    assert run(capsys, "environments", "--from", "cdktf.out")[1] == "dev\nstaging\n"
    current_project.write("pyproject.toml", '[tool.arqctl]\nprotected = ["staging"]\n')
    assert run(capsys, "environments", "--from", "cdktf.out", "--protected")[1] == "staging\n"
    assert run(capsys, "environments", "--from", "cdktf.out", "--unprotected")[1] == "dev\n"
    assert json.loads(run(capsys, "environments", "--from", "cdktf.out", "--format", "json")[1]) == [
        "dev",
        "staging",
    ]


TOP_LEVEL = typer.main.get_group(command_line.app)


def commands(group: TyperGroup, *names: str) -> Iterator[tuple[str, ...]]:
    for name, each in group.commands.items():
        if isinstance(each, TyperGroup):
            yield from commands(each, *names, name)
        else:
            yield (*names, name)


@pytest.mark.parametrize("names", commands(TOP_LEVEL), ids=" ".join)
def test_each_command_explains_itself_with_an_example_in_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    code, said, _ = run(capsys, *names, "--help")
    assert code == 0
    assert f"Example: arqctl {' '.join(names)}" in " ".join(said.split())
    assert "Exit codes: 0 " in said
    assert max(map(len, said.split("\n"))) <= 80
