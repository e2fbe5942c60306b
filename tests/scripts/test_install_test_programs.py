import shutil
import subprocess
from pathlib import Path

import pytest

from tests.workflows.workflow_loader import ROOT

LOG = 'echo "$(basename "$0") $@" >>"$LOG"'
SUDO = f'{LOG}\n[ "$1" = -n ] || exit 1\nshift\nexec "$@"'
INSTALL = "apt-get install -y -qq --no-install-recommends "


def install(folder: Path, *, user: int, **programs: str) -> subprocess.CompletedProcess[str]:
    """Run the script with these programs only. All others are missing."""
    for name, script in {"id": f"echo {user}", **programs}.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    for name in ("basename", "env", "true"):
        (folder / name).symlink_to(str(shutil.which(name)))
    return subprocess.run(
        ["/bin/bash", ROOT / "scripts/install_test_programs"],
        env={"PATH": str(folder), "LOG": str(folder / "log")},
        capture_output=True,
        text=True,
        check=False,
    )


def log(folder: Path) -> list[str]:
    """Return the calls of `sudo` and `apt-get`."""
    file = folder / "log"
    return file.read_text().splitlines() if file.exists() else []


def test_root_installs_without_sudo(tmp_path: Path) -> None:
    done = install(tmp_path, user=0, **{"apt-get": LOG})
    assert done.returncode == 0, done.stderr
    update, installed = log(tmp_path)
    assert update == "apt-get update -qq"
    assert installed.startswith(INSTALL)
    assert "redis-server" in installed or shutil.which("redis-server", path="/usr/sbin")


def test_another_user_installs_with_sudo(tmp_path: Path) -> None:
    """A user of GitHub's runners is not root, and has sudo without a password."""
    done = install(tmp_path, user=1001, sudo=SUDO, **{"apt-get": LOG})
    assert done.returncode == 0, done.stderr
    calls = [line for line in log(tmp_path) if line.startswith("sudo ")]
    assert calls[:2] == ["sudo -n true", "sudo -n apt-get update -qq"]
    assert calls[2].startswith(f"sudo -n env DEBIAN_FRONTEND=noninteractive {INSTALL}")
    assert [line for line in log(tmp_path) if line.startswith(INSTALL)]


@pytest.mark.parametrize("sudo", [{}, {"sudo": "exit 1"}], ids=["missing", "with a password"])
def test_a_user_without_sudo_gets_the_command(tmp_path: Path, sudo: dict[str, str]) -> None:
    done = install(tmp_path, user=1001, **sudo, **{"apt-get": LOG})
    assert done.returncode == 1
    assert "The slow tests need " in done.stderr
    assert "sudo apt-get install " in done.stderr
    assert log(tmp_path) == []


@pytest.mark.parametrize("user", [0, 1001])
def test_a_system_without_apt_gets_the_command(tmp_path: Path, user: int) -> None:
    done = install(tmp_path, user=user, sudo=SUDO)
    assert done.returncode == 1
    assert "On Debian or Ubuntu" in done.stderr


def test_a_failed_installation_fails_the_script(tmp_path: Path) -> None:
    assert install(tmp_path, user=0, **{"apt-get": "exit 100"}).returncode == 100
