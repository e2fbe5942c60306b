"""Two runs in one checkout would plan each other's stacks."""

import errno
import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.deploy.workdir_lock import exclusive_lock
from tests.arqctl.terraform.local_project import LocalProject

_HOLDS = """
import sys, time
from pathlib import Path
from arqctl.deploy.workdir_lock import alone
with alone(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_run_is_refused_while_the_first_lasts(tmp_path: Path) -> None:
    with (
        exclusive_lock(tmp_path / "made" / "cdktf.out"),
        pytest.raises(InputError, match="another arqctl plans or deploys from here"),
        exclusive_lock(tmp_path / "made" / "cdktf.out"),
    ):
        pass
    with exclusive_lock(tmp_path / "made" / "cdktf.out"):
        pass


def test_a_run_that_was_killed_is_in_nobodys_way(tmp_path: Path) -> None:
    folder = tmp_path / "cdktf.out"
    with subprocess.Popen([sys.executable, "-c", _HOLDS, folder], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(InputError), exclusive_lock(folder):
            pass
        other.kill()
        other.wait()
    with exclusive_lock(folder):
        pass


def test_a_folder_that_can_not_be_locked_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", without_locks)
    with (
        pytest.raises(InputError, match="can't be locked: No locks available"),
        exclusive_lock(tmp_path / "out"),
    ):
        pass
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="can't be locked: "), exclusive_lock(tmp_path / "file" / "out"):
        pass


@pytest.mark.parametrize("word", ["plan", "deploy"])
def test_nothing_is_synthesized_over_what_another_run_judged(word: str, local_project: LocalProject) -> None:
    local_project.write_stacks(dev="one")
    folder = local_project.root / ".arq/aws/cdktf.out"
    with exclusive_lock(folder):
        code, _, stderr = local_project.arqctl(word, "dev")
    assert (code, "Wait for its end" in stderr) == (2, True)
    assert not folder.exists()
