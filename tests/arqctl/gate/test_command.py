"""`arqctl gate` and `arqctl snapshot update`: output and exit codes."""

import json
from functools import partial

import pytest

from arqctl.gate import command, evaluate
from tests.arqctl.command_line import arqctl, run
from tests.arqctl.projects import HARMLESS, OPEN_DATABASE, TODAY, Project, make_app, xml


@pytest.fixture
def current_project(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return the project, whose folder is the current folder."""
    monkeypatch.chdir(project.root)
    return project


def test_a_snapshot_update_makes_a_clean_project_pass(
    current_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    current_project.stack("dev", HARMLESS)
    code, _, errors = run(capsys, "gate", "--from", "cdktf.out")
    assert (code, errors) == (4, "")
    code, output, _ = run(capsys, "snapshot", "update", "--from", "cdktf.out")
    assert (code, output) == (0, "dev: snapshot written; addresses: 1 added, 0 dropped\n")
    code, output, errors = run(capsys, "gate", "--from", "cdktf.out")
    assert (code, errors) == (0, "")
    assert output.rstrip().split("\n")[-1].startswith("PASS")


def test_invalid_input_exits_with_2_and_one_message(project: Project) -> None:
    done = arqctl(project.root, "gate", "--from", ".")
    assert (done.returncode, done.stdout) == (2, "")
    assert "manifest.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_internal_error_exits_with_1(
    current_project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    current_project.stack("dev", HARMLESS)
    monkeypatch.setattr(command, "evaluate", fail)
    code, _, output = run(capsys, "gate", "--from", "cdktf.out")
    assert code == 1
    assert "internal error: RuntimeError: a bug" in output
    assert "Traceback" not in output
    monkeypatch.setenv("ARQ_TRACEBACK", "1")
    assert "Traceback" in run(capsys, "gate", "--from", "cdktf.out")[2]


def test_each_format_is_written_and_the_exit_code_is_the_verdict(
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
    ("arguments", "output"),
    [
        (["prod"], "environment 'prod'"),
        (["--output", "cdktf.out/manifest.json/report.txt"], "manifest.json/report.txt"),
        (["--format", "yaml"], "yaml"),
    ],
)
def test_invalid_arguments_exit_with_2(
    current_project: Project, capsys: pytest.CaptureFixture[str], arguments: list[str], output: str
) -> None:
    current_project.stack("dev", HARMLESS)
    code, _, message = run(capsys, "gate", "--from", "cdktf.out", *arguments)
    assert code == 2
    assert output in message


def test_without_from_the_nearest_project_is_synthesized(
    current_project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    current_project.stack("dev", HARMLESS)
    make_app(current_project)
    (current_project.root / "deeper/down").mkdir(parents=True)
    monkeypatch.chdir(current_project.root / "deeper/down")
    assert run(capsys, "snapshot", "update")[0] == 0
    assert (current_project.root / "tests/snapshots/dev.json").is_file()
    code, output, _ = run(capsys, "gate")
    assert (code, "PASS" in output) == (0, True)


def test_the_message_of_a_failed_app_is_shown(
    current_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    current_project.stack("dev", HARMLESS)
    make_app(current_project, "import sys; sys.exit('production.cidr: overlaps with staging')")
    code, _, output = run(capsys, "gate")
    assert code == 2
    assert "production.cidr: overlaps with staging" in output


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"app": " "}'])
def test_a_malformed_cdktf_json_is_named(
    current_project: Project, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    current_project.write("cdktf.json", text)
    code, _, output = run(capsys, "gate")
    assert code == 2
    assert "cdktf.json" in output


def test_a_folder_outside_of_a_project_is_invalid_input(
    current_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert current_project.root.is_dir()
    code, _, output = run(capsys, "gate")
    assert code == 2
    assert "no cdktf.json here or above" in output


def test_a_snapshot_update_keeps_a_stateful_address_that_disappeared(
    current_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    current_project.stack("dev", HARMLESS)
    current_project.write("tests/addresses/dev.txt", "aws_kms_key.main\n")
    code, _, output = run(capsys, "snapshot", "update", "--from", "cdktf.out")
    assert code == 4
    assert "aws_kms_key.main" in output
    assert "aws_kms_key.main" in (current_project.root / "tests/addresses/dev.txt").read_text()


def test_an_unreadable_stack_updates_no_snapshot(
    current_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    current_project.raw("dev", "{")
    code, _, output = run(capsys, "snapshot", "update", "--from", "cdktf.out")
    assert code == 2
    assert "cdk.tf.json" in output
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
def test_formats_and_files_must_pair_up(
    current_project: Project, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    current_project.stack("dev", HARMLESS)
    code, _, message = run(capsys, "gate", "--from", "cdktf.out", *arguments)
    assert code == 2
    assert "--format and --output: do not pair up" in message
    assert not (current_project.root / "a").exists()


def test_standard_output_is_short_and_the_file_is_complete(
    current_project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    [database] = OPEN_DATABASE["aws_db_instance"].values()
    current_project.stack("dev", {"aws_db_instance": {f"n{number}": database for number in range(7)}})
    _, page, _ = run(capsys, "gate", "--from", "cdktf.out")
    assert "dev/n4/Default" in page
    assert "dev/n6/Default" not in page
    run(capsys, "gate", "--from", "cdktf.out", "--output", "page.txt")
    assert "dev/n6/Default" in (current_project.root / "page.txt").read_text()


def test_waivers_are_listed_on_request(
    current_project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "evaluate", partial(evaluate, today=TODAY))
    current_project.stack("dev", OPEN_DATABASE)
    current_project.waive()
    _, page, _ = run(capsys, "gate", "--from", "cdktf.out")
    assert "1 waiver for 1 finding; the next expires in 39 days:" in page
    assert "a sandbox without data" not in page
    _, page, _ = run(capsys, "gate", "--from", "cdktf.out", "--waivers")
    assert "CKV_AWS_16: 39 days left, platform, ARQ-1" in page
    assert "a sandbox without data" in page
