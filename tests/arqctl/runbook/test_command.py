import json
from pathlib import Path

import pytest

from tests.arqctl.command_line import run
from tests.arqctl.runbook.shell_sessions import run_commands

SNAPSHOT = Path(__file__).parents[2] / "snapshots" / "production.json"


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    """An assembly with the production stack, and one stack without a database."""
    stacks = {"production": json.loads(SNAPSHOT.read_text()), "empty": {"resource": {}}}
    for name, document in stacks.items():
        (tmp_path / "stacks" / name).mkdir(parents=True)
        (tmp_path / "stacks" / name / "cdk.tf.json").write_text(json.dumps(document))
    (tmp_path / "manifest.json").write_text(json.dumps({"stacks": {name: {"name": name} for name in stacks}}))
    return tmp_path


@pytest.mark.parametrize(("command", "title"), [("restore", "# Restore"), ("upgrade", "# Upgrade")])
def test_the_page_goes_to_standard_output_or_a_file(
    command: str, title: str, assembly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("runbook", command, "production", "--from", str(assembly))
    code, out, _ = run(capsys, *arguments)
    assert (code, out.splitlines()[0]) == (0, f"{title} production-database")
    assert run(capsys, *arguments, "--output", str(assembly / "page.md"))[:2] == (0, "")
    assert (assembly / "page.md").read_text() == out


def add_standby(assembly: Path, *, is_promoted: bool) -> None:
    document = json.loads((SNAPSHOT.parent / "production-standby.json").read_text())
    document["resource"]["aws_db_instance"]["database"]["skip_final_snapshot"] = not is_promoted
    (assembly / "stacks" / "production-standby").mkdir()
    (assembly / "stacks" / "production-standby" / "cdk.tf.json").write_text(json.dumps(document))
    stacks = {name: {"name": name} for name in ("production", "production-standby")}
    (assembly / "manifest.json").write_text(json.dumps({"stacks": stacks}))


@pytest.mark.parametrize("is_promoted", [True, False])
def test_a_promoted_standby_has_a_restore_of_its_own(
    is_promoted: bool, assembly: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """It is deployed by itself, because the region of the environment is lost."""
    add_standby(assembly, is_promoted=is_promoted)
    code, out, err = run(capsys, "runbook", "restore", "production-standby", "--from", str(assembly))
    if not is_promoted:
        assert (code, "follows a database in another region" in err) == (2, True)
        return
    assert (code, out.splitlines()[0]) == (0, "# Restore production-standby-database")
    folder = tmp_path / "session"
    folder.mkdir()
    commands = run_commands(out, folder)
    (restored,) = (each for each in commands if "restore-db-instance-to-point-in-time" in each)
    assert restored[restored.index("--region") + 1] == "eu-central-1"
    assert "open-source-rds-extended-support-disabled" in restored
    names = {each[2] for each in commands if each[:2] in (["arqctl", "deploy"], ["arqctl", "plan"])}
    assert names == {"production-standby"}
    assert ["arqctl", "database", "login", "production-standby"] in commands


def test_a_promoted_standby_is_upgraded_after_the_failback(
    assembly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_standby(assembly, is_promoted=True)
    code, _, err = run(capsys, "runbook", "upgrade", "production-standby", "--from", str(assembly))
    assert code == 2
    assert "has only production-standby-database, which is promoted" in err
    assert "Fail back first: arqctl runbook failback production" in err
    assert "follows" not in err


def test_an_environment_without_a_database_is_an_input_error(
    assembly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, "runbook", "restore", "empty", "--from", str(assembly))
    assert (code, "empty: has no PostgreSQL database" in err) == (2, True)
