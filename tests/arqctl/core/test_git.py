"""Git commands report commits and changes, and don't change the checkout."""

import os
from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.core.git import GitError, commit_of, git
from tests.arqctl.review.repository import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "project")


def test_a_commit_has_its_short_hash(repository: Repository) -> None:
    commit = repository.commit(cdktf__json="{}")
    assert commit_of(repository.root) == commit[:12]


@pytest.mark.parametrize("file", ["cdktf.json", "policies/new.py"])
def test_uncommitted_changes_are_reported(repository: Repository, file: str) -> None:
    commit = repository.commit(cdktf__json="{}")
    repository.write(file, "changed")
    assert commit_of(repository.root) == f"{commit[:12]} (uncommitted changes)"


def test_ignored_files_and_files_outside_the_project_are_no_changes(repository: Repository) -> None:
    commit = repository.commit(**{"__gitignore": "plans/", "project/app.py": ""})
    repository.write("project/plans/dev.json", "{}")
    repository.write("elsewhere.txt", "")
    assert commit_of(repository.root / "project") == commit[:12]


def test_there_is_no_commit_without_git_or_before_the_first_commit(
    tmp_path: Path, repository: Repository
) -> None:
    assert commit_of(tmp_path) == ""
    assert commit_of(repository.root) == ""


def test_the_index_is_not_refreshed(repository: Repository) -> None:
    repository.commit(cdktf__json="{}")
    os.utime(
        repository.root / "cdktf.json", (1e9, 1e9)
    )  # the same text with another time, which refreshes the index
    before = (repository.root / ".git" / "index").read_bytes()
    commit_of(repository.root)
    assert (repository.root / ".git" / "index").read_bytes() == before


def test_variables_of_a_hook_are_ignored(
    tmp_path: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = repository.commit(cdktf__json="{}")
    other = Repository(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    assert commit_of(repository.root) == commit[:12]


def test_an_error_has_the_message_and_exit_code_of_git(repository: Repository) -> None:
    with pytest.raises(GitError, match="no-such-command") as raised:
        git(repository.root, "no-such-command")
    assert raised.value.code == 1


def test_a_missing_git_is_reported(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(InputError, match="git: is not installed"):
        commit_of(repository.root)
