"""The commit that the evidence names is the one that the project stands on."""

import subprocess
from pathlib import Path

import pytest

from arqctl.evidence.commit import commit_of


def git(folder: Path, *arguments: str) -> str:
    line = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-C", str(folder), *arguments]
    return subprocess.run(line, check=True, capture_output=True, text=True).stdout.strip()


def test_it_is_told_with_whether_files_differ(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    assert commit_of(tmp_path) is None
    (tmp_path / "main.py").touch()
    git(tmp_path, "add", "main.py")
    git(tmp_path, "commit", "--quiet", "--message", "first")
    commit = commit_of(tmp_path)
    assert commit is not None
    assert (commit.id, commit.changed) == (git(tmp_path, "rev-parse", "HEAD"), False)
    (tmp_path / "new.py").touch()
    changed = commit_of(tmp_path)
    assert changed is not None
    assert changed.changed


def test_there_is_none_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert commit_of(tmp_path) is None
