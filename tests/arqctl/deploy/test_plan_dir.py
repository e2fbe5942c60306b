"""Plans are written for their owner only, each completely or not at all."""

import os
import stat
from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.deploy.plan_dir import write_plans


def test_only_the_owner_can_read_plans(tmp_path: Path) -> None:
    folder = tmp_path / "of" / "plans"
    old = os.umask(0)
    try:
        write_plans(folder, {"dev": "{}", "staging": "[]"})
    finally:
        os.umask(old)
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in (folder, *folder.iterdir())}
    assert modes == {"plans": 0o700, "dev.json": 0o600, "staging.json": 0o600}
    assert (folder / "staging.json").read_text() == "[]"


def test_an_existing_plan_is_replaced_with_the_mode_of_a_new_one(tmp_path: Path) -> None:
    file = tmp_path / "dev.json"
    file.write_text("old")
    file.chmod(0o644)
    write_plans(tmp_path, {"dev": "new"})
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("new", 0o600)


def test_an_unwritable_folder_is_rejected(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(InputError, match="can't be written"):
        write_plans(file, {"dev": "{}"})
    (tmp_path / "dev.json").mkdir()
    with pytest.raises(InputError, match="can't be written"):
        write_plans(tmp_path, {"dev": "{}"})
    assert sorted(each.name for each in tmp_path.iterdir()) == ["dev.json", "file"]
