"""Git commands, which leave the checkout unchanged."""

import os
from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.core.git import GitError, describe_commit, git
from tests.arqctl.review.repository import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "project")


def test_a_commit_is_abbreviated(repository: Repository) -> None:
    commit = repository.commit(cdktf__json="{}")
    assert describe_commit(repository.root) == commit[:12]


@pytest.mark.parametrize("file", ["cdktf.json", "policies/new.py"])
def test_uncommitted_changes_are_marked(repository: Repository, file: str) -> None:
    commit = repository.commit(cdktf__json="{}")
    repository.write(file, "changed")
    assert describe_commit(repository.root) == f"{commit[:12]} (uncommitted changes)"


def test_ignored_files_and_files_outside_of_the_project_are_not_changes(repository: Repository) -> None:
    commit = repository.commit(**{"__gitignore": "plans/", "project/app.py": ""})
    repository.write("project/plans/dev.json", "{}")
    repository.write("elsewhere.txt", "")
    assert describe_commit(repository.root / "project") == commit[:12]


def test_there_is_no_commit_outside_of_git_and_before_the_first(
    tmp_path: Path, repository: Repository
) -> None:
    assert describe_commit(tmp_path) == ""
    assert describe_commit(repository.root) == ""


def test_the_index_is_not_written(repository: Repository) -> None:
    repository.commit(cdktf__json="{}")
    # Without --no-optional-locks, git would write the new time to the index.
    os.utime(repository.root / "cdktf.json", (1e9, 1e9))
    before = (repository.root / ".git" / "index").read_bytes()
    describe_commit(repository.root)
    assert (repository.root / ".git" / "index").read_bytes() == before


def test_variables_of_git_hooks_are_ignored(
    tmp_path: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = repository.commit(cdktf__json="{}")
    other = Repository(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    assert describe_commit(repository.root) == commit[:12]


def test_an_error_has_the_message_and_exit_code_of_git(repository: Repository) -> None:
    with pytest.raises(GitError, match="no-such-command") as raised:
        git(repository.root, "no-such-command")
    assert raised.value.code == 1


def test_a_machine_without_git_is_an_input_error(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(InputError, match="git: is not installed"):
        describe_commit(repository.root)
