"""`arqctl cost --advise`, `--assumptions` and `--assume` on a project."""

import json

import pytest

from tests.arqctl.command_line import run
from tests.arqctl.projects import Body, Project


@pytest.fixture
def project(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    project.stack(
        "dev", {"aws_eip": {"a": {}}, "aws_kms_key": {"a": {}}}, provider={"aws": [{"region": "eu-west-1"}]}
    )
    monkeypatch.chdir(project.root)
    return project


@pytest.mark.usefixtures("project")
def test_advice_has_text_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "cost", "dev", "--from", "cdktf.out", "--advise")
    assert code == 0
    assert "$3.65  Remove dev/a/Default: no aws_nat_gateway uses it  (idle, dev in" in out
    code, out, _ = run(capsys, "cost", "dev", "--from", "cdktf.out", "--advise", "--format", "json")
    assert [each["monthly"] for each in json.loads(out)["savings"]] == ["3.65"]


@pytest.mark.usefixtures("project")
def test_assumed_usage_is_printed_and_changed(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "cost", "dev", "--from", "cdktf.out", "--assumptions")
    assert "kms_requests: requests to each key" in out
    _, less, _ = run(capsys, "cost", "dev", "--from", "cdktf.out", "--assume", "kms_requests=0")
    _, more, _ = run(capsys, "cost", "dev", "--from", "cdktf.out", "--assume", "kms_requests=1000000")
    assert less.startswith("dev: $4.65 a month")
    assert more.startswith("dev: $7.65 a month")


@pytest.mark.usefixtures("project")
def test_unknown_assumptions_and_files_are_invalid_input(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "cost", "dev", "--from", "cdktf.out", "--assume", "x=1")
    assert (code, "--assume x=1" in err) == (2, True)
    code, _, err = run(capsys, "cost", "dev", "--from", "cdktf.out", "--advise", "--usage", "nowhere.json")
    assert (code, "nowhere.json" in err) == (2, True)


def test_a_protected_environment_has_no_forbidden_advice(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    gateways: dict[str, Body] = {"aws_nat_gateway": {"a": {}, "b": {}}}
    project.stack("dev", gateways, provider={"aws": [{"region": "eu-west-1"}]})
    command = ("cost", "dev", "--from", "cdktf.out", "--advise")
    _, free, _ = run(capsys, *command)
    (project.root / "pyproject.toml").write_text('[tool.arqctl]\nprotected = ["dev"]\n')
    _, protected, _ = run(capsys, *command)
    assert ("Share one NAT gateway" in free, "Share one NAT gateway" in protected) == (True, False)
