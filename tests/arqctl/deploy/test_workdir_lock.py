"""Only one run at a time uses a checkout."""

import errno
import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.deploy.workdir_lock import exclusive_lock
from tests.arqctl.terraform.local_project import LocalProject

_LOCK_SCRIPT = """
import sys, time
from pathlib import Path
from arqctl.deploy.workdir_lock import exclusive_lock
with exclusive_lock(Path(sys.argv[1])):
    print("locked", flush=True)
    time.sleep(60)
"""


def test_a_second_run_is_rejected_until_the_first_ends(tmp_path: Path) -> None:
    with (
        exclusive_lock(tmp_path / "made" / "cdktf.out"),
        pytest.raises(InputError, match="another arqctl is planning or deploying from this checkout"),
        exclusive_lock(tmp_path / "made" / "cdktf.out"),
    ):
        pass
    with exclusive_lock(tmp_path / "made" / "cdktf.out"):
        pass


def test_a_killed_run_releases_the_lock(tmp_path: Path) -> None:
    folder = tmp_path / "cdktf.out"
    with subprocess.Popen([sys.executable, "-c", _LOCK_SCRIPT, folder], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"locked\n"
        with pytest.raises(InputError), exclusive_lock(folder):
            pass
        other.kill()
        other.wait()
    with exclusive_lock(folder):
        pass


def test_a_folder_that_cannot_be_locked_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", fail)
    with (
        pytest.raises(InputError, match="cannot be locked: No locks available"),
        exclusive_lock(tmp_path / "out"),
    ):
        pass
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be locked: "), exclusive_lock(tmp_path / "file" / "out"):
        pass


@pytest.mark.parametrize("command", [("plan", "dev"), ("deploy", "dev", "--yes")])
def test_a_locked_checkout_is_not_synthesized_again(
    command: tuple[str, ...], local_project: LocalProject
) -> None:
    local_project.write_stacks(dev="one")
    folder = local_project.root / ".arq/aws/cdktf.out"
    with exclusive_lock(folder):
        code, _, stderr = local_project.arqctl(*command)
    assert (code, "Wait until it ends" in stderr) == (2, True)
    assert not folder.exists()
