"""Atomic writing of files, their modes, and symbolic links."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from arqctl.core.atomic_files import EXECUTABLE, OWNER_ONLY, replace, write
from arqctl.core.errors import InputError


def test_writing_creates_parent_folders(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b", "déjà\n")
    assert (tmp_path / "a" / "b").read_bytes() == "déjà\n".encode()


def test_a_file_with_the_same_content_is_not_replaced(tmp_path: Path) -> None:
    file = tmp_path / "file"
    write(file, "text")
    before = file.stat().st_ino
    write(file, "text")
    assert file.stat().st_ino == before
    write(file, "other")
    assert (file.stat().st_ino != before, file.read_text()) == (True, "other")


def test_the_mode_applies_to_new_files_and_narrows_existing_ones(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        write(tmp_path / "program", "", mode=EXECUTABLE)
        write(tmp_path / "secret", "text")
        write(tmp_path / "secret", "text", mode=OWNER_ONLY)
    finally:
        os.umask(old)
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
    assert modes == {"program": 0o755, "secret": 0o600}


def test_the_umask_is_respected(tmp_path: Path) -> None:
    old = os.umask(0o077)
    try:
        write(tmp_path / "file", "text")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


def test_a_symbolic_link_stays_and_its_target_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    write(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_pipe_is_written_to() -> None:
    program = (
        "from pathlib import Path\n"
        "from arqctl.core.atomic_files import write\n"
        "write(Path('/dev/stdout'), 'text')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "text"


def test_a_failed_write_leaves_only_the_old_file(tmp_path: Path) -> None:
    def content() -> Iterator[bytes]:
        yield b"half"
        raise OSError("full")

    (tmp_path / "file").write_text("old")
    with pytest.raises(OSError, match="full"):
        replace(tmp_path / "file", content())
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("file", "old")]


def test_a_file_that_cannot_be_written_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"file/below: can't be written: .*\. Choose a writable file"):
        write(tmp_path / "file" / "below", "text")
    with pytest.raises(InputError, match="can't be written: Is a directory"):
        write(tmp_path, "text")
