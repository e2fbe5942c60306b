"""Git is asked, and nothing that its user has checked out changes."""

import os
from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.core.git import GitError, commit_of, git
from tests.arqctl.review.repository import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "project")


def test_a_commit_is_told_short(repository: Repository) -> None:
    commit = repository.commit(cdktf__json="{}")
    assert commit_of(repository.root) == commit[:12]


@pytest.mark.parametrize("file", ["cdktf.json", "policies/new.py"])
def test_what_isn_t_committed_is_told_of(repository: Repository, file: str) -> None:
    commit = repository.commit(cdktf__json="{}")
    repository.write(file, "changed")
    assert commit_of(repository.root) == f"{commit[:12]} (uncommitted changes)"


def test_what_git_ignores_and_what_lies_beside_the_project_isn_t(repository: Repository) -> None:
    commit = repository.commit(**{"__gitignore": "plans/", "project/app.py": ""})
    repository.write("project/plans/dev.json", "{}")
    repository.write("elsewhere.txt", "")
    assert commit_of(repository.root / "project") == commit[:12]


def test_outside_of_git_and_before_the_first_commit_there_is_none(
    tmp_path: Path, repository: Repository
) -> None:
    assert commit_of(tmp_path) == ""
    assert commit_of(repository.root) == ""


def test_asking_leaves_the_index_as_it_is(repository: Repository) -> None:
    repository.commit(cdktf__json="{}")
    os.utime(
        repository.root / "cdktf.json", (1e9, 1e9)
    )  # the same text of another time, which git would note
    before = (repository.root / ".git" / "index").read_bytes()
    commit_of(repository.root)
    assert (repository.root / ".git" / "index").read_bytes() == before


def test_the_variables_of_a_hook_don_t_lead_elsewhere(
    tmp_path: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = repository.commit(cdktf__json="{}")
    other = Repository(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    assert commit_of(repository.root) == commit[:12]


def test_a_refusal_has_git_s_words_and_code(repository: Repository) -> None:
    with pytest.raises(GitError, match="no-such-command") as raised:
        git(repository.root, "no-such-command")
    assert raised.value.code == 1


def test_a_machine_without_git_is_told_what_to_do(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(InputError, match="git: is not installed"):
        commit_of(repository.root)
