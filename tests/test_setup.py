"""Setup by `make`: complete locks without registry addresses, and cdktf on the locked Node."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
REQUIREMENTS = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PACKAGE_LOCK = (ROOT / "package-lock.json").read_text(encoding="utf-8")


def direct_dependencies() -> list[Requirement]:
    """Return what the workspace's dev group and both distributions declare."""
    read = [tomllib.loads(file.read_text(encoding="utf-8")) for file in sorted(ROOT.glob("*/pyproject.toml"))]
    assert len(read) == 2
    workspace = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = [*workspace["dependency-groups"]["dev"]]
    for project in (each["project"] for each in read):
        declared += project["dependencies"]
        declared += (each for extra in project.get("optional-dependencies", {}).values() for each in extra)
    return [Requirement(each) for each in declared]


def test_direct_dependencies_are_locked_within_their_range() -> None:
    locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", REQUIREMENTS, re.MULTILINE))
    outside = [
        str(each) for each in direct_dependencies() if not each.specifier.contains(locked.get(each.name, "0"))
    ]
    assert outside == [], "update the lock: make lock"


def test_locked_python_packages_have_hashes() -> None:
    entries = re.split(r"\n(?=\S)", REQUIREMENTS.strip())
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_package_lock_matches_package_json_and_has_hashes() -> None:
    packages = json.loads(PACKAGE_LOCK)["packages"]
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    assert packages[""]["devDependencies"] == wanted["devDependencies"]
    fetched = {path: each for path, each in packages.items() if path and not each.get("inBundle")}
    assert [path for path, each in fetched.items() if not each.get("integrity")] == []


def test_locks_contain_no_registry_and_no_local_path() -> None:
    assert "://" not in REQUIREMENTS
    assert "file:" not in REQUIREMENTS + PACKAGE_LOCK
    assert '"resolved"' not in PACKAGE_LOCK


def test_cdktf_runs_on_the_node_of_the_venv(tmp_path: Path) -> None:
    broken = tmp_path / "node"
    broken.write_text("#!/bin/sh\necho 'this is the system node' >&2\nexit 9\n")
    broken.chmod(0o755)
    result = subprocess.run(
        [Path(sys.prefix) / "bin" / "cdktf", "--version"],
        cwd=tmp_path,
        env={"HOME": os.environ["HOME"], "PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip().endswith("0.21.0")


@pytest.mark.parametrize(
    "command", ["up", "test", "test-all", "test-changed", "snapshots", "docs", "bench", "lock", "clean"]
)
def test_make_lists_each_command(command: str) -> None:
    help_text = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.search(rf"^  make {command} +\w", help_text, re.MULTILINE)
