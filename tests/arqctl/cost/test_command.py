"""Output and exit codes of `arqctl cost`."""

import json
from pathlib import Path

import pytest

from tests.arqctl.command_line import arqctl, run
from tests.arqctl.projects import Project

KEYS = {"aws_kms_key": {"a": {}, "b": {"provider": "aws.us"}}}
PROVIDERS = {"aws": [{"region": "eu-west-1"}, {"alias": "us", "region": "us-east-1"}]}

APP = """
import os, shutil
shutil.copytree("prepared", os.environ["CDKTF_OUTDIR"], dirs_exist_ok=True)
"""


@pytest.fixture
def project(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    project.stack("dev", KEYS, provider=PROVIDERS)
    project.stack("dev-bootstrap", KEYS, provider=PROVIDERS)
    project.stack("production", {"aws_nat_gateway": {"n": {}}}, provider=PROVIDERS)
    monkeypatch.chdir(project.root)
    return project


def test_cost_counts_all_stacks_of_one_environment(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "cost", "dev", "--from", str(project.outdir))
    assert (code, err) == (0, "")
    assert out.startswith("dev: $4.12 a month; 100 % of 4 resources that cost anything are priced")
    assert "\x1b" not in out


@pytest.mark.usefixtures("project")
def test_json_output_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "cost", "production", "--from", "cdktf.out", "--format", "json")
    assert code == 0
    assert json.loads(out)["monthly"] == "37.44"


def test_cost_synthesizes_without_a_folder(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.outdir.rename(project.root / "prepared")
    project.write("app.py", APP)
    project.write("cdktf.json", json.dumps({"app": "python app.py"}))
    code, out, err = run(capsys, "cost", "dev")
    assert (code, err) == (0, "")
    assert out.startswith("dev: $4.12")


@pytest.mark.usefixtures("project")
def test_an_unknown_environment_is_invalid_input(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "cost", "prod", "--from", "cdktf.out")
    assert (code, out) == (2, "")
    assert "prod" in err
    assert "dev, production" in err


def test_an_unreadable_stack_is_reported(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.raw("dev-bootstrap", "{")
    code, out, err = run(capsys, "cost", "dev", "--from", "cdktf.out")
    assert (code, out) == (2, "")
    assert "is not JSON" in err


def test_a_missing_folder_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(capsys, "cost", "dev", "--from", "nowhere")[0] == 2
    assert run(capsys, "cost", "dev")[0] == 2


def test_output_does_not_depend_on_the_hash_seed(project: Project) -> None:
    runs = [arqctl(project.root, "cost", "dev", "--from", "cdktf.out", seed=seed) for seed in "012"]
    assert [each.returncode for each in runs] == [0, 0, 0]
    assert len({each.stdout for each in runs}) == 1
