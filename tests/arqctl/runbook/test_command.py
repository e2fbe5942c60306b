import json
from pathlib import Path

import pytest

from tests.arqctl.command_line import run

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


def test_an_environment_without_a_database_is_an_input_error(
    assembly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, "runbook", "restore", "empty", "--from", str(assembly))
    assert (code, "empty: has no PostgreSQL database" in err) == (2, True)
