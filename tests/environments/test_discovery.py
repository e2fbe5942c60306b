"""Tests of discovery: environments are found, and all invalid values are reported at once."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from constructs_arq.core.errors import ConfigError
from environments.discovery import conflicts, discover_environments
from environments.environment import Environment

ROOT = Path(__file__).parents[2]


def run(project: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "environments"],
        cwd=project,
        env={**os.environ, "ARQ_GATE": "off", "CDKTF_OUTDIR": str(project / "cdktf.out")},
        capture_output=True,
        text=True,
        check=False,
    )


def edit(file: Path, *replacements: tuple[str, str]) -> None:
    text = file.read_text()
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text)


def test_three_environments_are_found_without_conflicts() -> None:
    assert [env.name for env in discover_environments()] == ["dev", "production", "staging"]


@pytest.mark.slow
def test_new_environment_is_one_new_file(project: Path) -> None:
    qa = project / "environments" / "qa.py"
    shutil.copy(project / "environments" / "staging.py", qa)
    edit(
        qa,
        ("STAGING = ", "QA = "),
        ('name="staging"', 'name="qa"'),
        ('account_id="210987654302"', 'account_id="210987654303"'),
        ('cidr="10.30.0.0/16"', 'cidr="10.50.0.0/16"'),
        ('key="staging/sentry"', 'key="qa/sentry"'),
    )
    done = run(project)
    assert done.returncode == 0, done.stderr
    for stack in ("qa", "qa-account", "qa-bootstrap", "staging"):
        assert (project / "cdktf.out" / "stacks" / stack / "cdk.tf.json").exists()


def test_all_invalid_values_are_reported_with_exit_code_2_before_synthesis(
    project: Path,
) -> None:
    folder = project / "environments"
    edit(
        folder / "production.py",
        ('cidr="10.40.0.0/16"', 'cidr="10.40.0.0/8"'),
        ("backup_days=35", "backup_days=99"),
        ('account_id="210987654321"', 'account_id="42"'),
    )
    edit(folder / "staging.py", ("storage_gib=50", "storage_gibs=50"))
    done = run(project)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    lines = done.stderr.splitlines()
    for path, value in (
        ("environments/production.py: network.cidr: ", "'10.40.0.0/8'"),
        ("environments/production.py: database.backup_days: ", "99"),
        ("environments/production.py: account_id: ", "'42'"),
        ("environments/staging.py: database.storage_gib: ", ""),
        ("environments/staging.py: database.storage_gibs: ", "Did you mean storage_gib?"),
    ):
        assert any(line.strip().startswith(path) and value in line for line in lines), path
    assert not (project / "cdktf.out").exists()


@pytest.mark.slow
def test_import_error_is_reported_with_its_line(project: Path) -> None:
    edit(project / "environments" / "dev.py", ("nat=Nat.SINGLE", "nat=Nat.SINGEL"))
    (project / "environments" / "qa.py").write_text("QA = Environment(\n")
    done = run(project)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    line = (project / "environments" / "dev.py").read_text().split("Nat.SINGEL")[0].count("\n") + 1
    assert f"environments/dev.py:{line}: AttributeError" in done.stderr
    assert "environments/qa.py:1: SyntaxError" in done.stderr


@pytest.mark.slow
def test_construct_error_ends_with_exit_code_2(project: Path) -> None:
    edit(
        project / "environments" / "dev.py",
        ('zones=("euw1-az1", "euw1-az2")', 'zones=("use1-az1", "use1-az2")'),
    )
    done = run(project)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "dev/network: zone use1-az1 is not in the stack's region eu-west-1" in done.stderr


def test_overlapping_ranges_and_shared_accounts_are_conflicts() -> None:
    dev, production, _ = discover_environments()
    network = production.network.model_copy(update={"cidr": "10.20.0.0/18"})
    clash = production.model_copy(update={"network": network, "account_id": dev.account_id})
    found = {problem.path: problem.message for problem in conflicts([dev, clash])}
    assert found == {
        "dev: network.cidr": "must not overlap that of production",
        "dev: account_id": "must not be that of production",
    }


def test_duplicate_name_is_a_conflict() -> None:
    dev: Environment = discover_environments()[0]
    again = dev.model_copy(update={"account_id": "210987654309"})
    assert [problem.path for problem in conflicts([dev, again])] == ["dev: name"]


def test_conflicts_raise_a_config_error(monkeypatch: pytest.MonkeyPatch) -> None:
    dev = discover_environments()[0]
    monkeypatch.setattr("environments.dev.DEV", dev.model_copy(update={"account_id": "210987654321"}))
    with pytest.raises(ConfigError, match="must not be that of production"):
        discover_environments()
