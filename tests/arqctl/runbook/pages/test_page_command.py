"""Tests of `arqctl runbook NAME ENV`."""

from pathlib import Path

import pytest
import typer

from arqctl import __main__ as command_line
from tests.arqctl.command_line import run
from tests.arqctl.runbook.pages.snapshot_stacks import ROOT, RUNBOOKS


@pytest.fixture(autouse=True)
def project(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in this project, whose settings name the folder of runbooks."""
    monkeypatch.chdir(ROOT)


def test_the_short_form_prints_the_page(assembly: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("database-cpu", "staging", "--from", str(assembly))
    code, out, err = run(capsys, "runbook", *arguments)
    assert (code, err) == (0, "")
    assert run(capsys, "runbook", "page", *arguments)[1] == out
    assert "Commands name staging: account 210987654302, region eu-west-1." in out
    assert "--name staging-cluster --alias staging-cluster" in out


def test_a_page_of_something_that_the_environment_lacks_is_incomplete(
    assembly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "runbook", "queue-age", "dev", "--from", str(assembly))
    assert code == 4
    assert (
        "arqctl: queue-age: dev has no counterpart of production-receipts: no aws_sqs_queue.receipts.name"
        in err
    )
    assert "# dev has no counterpart of production-receipts" in out
    assert "--queue-name" not in out


@pytest.mark.parametrize(
    ("name", "environment", "message"),
    [
        ("databse-cpu", "dev", "databse-cpu: is no runbook. Did you mean database-cpu, "),
        ("restor", "dev", "restor: is no runbook. Did you mean restore"),
        ("failbak", "dev", "failbak: is no runbook. Did you mean failback"),
        ("xyzzy", "dev", "xyzzy: is no runbook. See the files in "),
        (
            "database-cpu",
            "prod",
            "prod: is no environment. Choose from dev, paging, production, production-standby, ",
        ),
        ("database-cpu", "dev-platform", "dev-platform: is no environment."),
    ],
)
def test_an_unknown_name_is_an_input_error(
    name: str, environment: str, message: str, assembly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "runbook", name, environment, "--from", str(assembly))
    assert (code, out) == (2, "")
    assert message in err


@pytest.mark.parametrize(
    ("pyproject", "page", "message"),
    [
        (
            "",
            None,
            "docs/runbooks: this project has no runbooks here. Write one file for each alarm, NAME.md, ",
        ),
        ('[tool.arqctl]\nrunbooks = "pages"\n', None, "pages: this project has no runbooks here."),
        ('[tool.arqctl]\nrunbooks = "pages"\n', "# slow\n", "does not state the environment"),
    ],
)
def test_a_project_without_runbooks_gets_a_message(
    pyproject: str,
    page: str | None,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "pyproject.toml").write_text(pyproject)
    (tmp_path / "policies").mkdir()
    if page is not None:
        (tmp_path / "pages").mkdir()
        (tmp_path / "pages/slow.md").write_text(page)
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, "runbook", "slow", "dev", "--from", "cdktf.out")
    assert (code, out) == (2, "")
    assert message in err


def test_no_runbook_has_the_name_of_a_subcommand() -> None:
    group = typer.main.get_group(command_line.app).commands["runbook"]
    assert not {page.stem for page in RUNBOOKS.glob("*.md")} & set(getattr(group, "commands", {}))
