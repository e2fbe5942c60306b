"""GitHub or GitLab is detected by the variables of the job."""

import subprocess
import sys
from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.forge.ci_provider import create_poster, head_commit, run_url
from arqctl.forge.comments import CommentPoster
from arqctl.forge.github import GitHub
from arqctl.forge.gitlab import GitLab

GITHUB = {
    "GITHUB_REPOSITORY": "arq/platform",
    "GITHUB_TOKEN": "ghs_1",
    "GITHUB_REF": "refs/pull/7/merge",
    "GITHUB_SERVER_URL": "https://github.example",
    "GITHUB_RUN_ID": "123",
}
GITLAB = {
    "CI_API_V4_URL": "https://gitlab.example/api/v4",
    "CI_PROJECT_ID": "42",
    "CI_PROJECT_URL": "https://gitlab.example/arq/platform",
    "CI_MERGE_REQUEST_IID": "3",
    "GITLAB_TOKEN": "glpat-1",
    "CI_JOB_URL": "https://gitlab.example/arq/platform/-/jobs/9",
}


@pytest.mark.parametrize(("environment", "forge"), [(GITHUB, GitHub), (GITLAB, GitLab)])
def test_the_jobs_variables_choose_github_or_gitlab(environment: dict[str, str], forge: type[object]) -> None:
    poster = create_poster(environment, print)
    assert isinstance(poster, CommentPoster)
    assert isinstance(poster.thread, forge)


def test_the_poster_reports_its_waits() -> None:
    poster = create_poster(GITHUB, print)
    assert isinstance(poster, CommentPoster)
    assert poster.retry_policy.on_progress is print


def test_outside_of_ci_there_is_no_pull_request() -> None:
    with pytest.raises(InputError, match=r"neither GITHUB_REPOSITORY nor CI_API_V4_URL.*leave --post out"):
        create_poster({}, print)


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(InputError, match="GITHUB_TOKEN: is not set"):
        create_poster(GITHUB | {"GITHUB_TOKEN": ""}, print)


def test_without_requests_the_error_names_the_extra() -> None:
    script = (
        "import sys; sys.modules['requests'] = None\n"
        "from arqctl.core.errors import InputError\n"
        "from arqctl.forge.ci_provider import create_poster\n"
        "try: create_poster({}, print)\n"
        "except InputError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "pip install 'arqctl[gate]'" in done.stdout


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        (GITHUB, "https://github.example/arq/platform/actions/runs/123"),
        (GITLAB, "https://gitlab.example/arq/platform/-/jobs/9"),
        ({}, ""),
    ],
)
def test_a_run_has_a_url(environment: dict[str, str], url: str) -> None:
    assert run_url(environment) == url


def test_the_head_commit_comes_from_the_event(tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    event.write_text('{"pull_request": {"number": 7, "head": {"sha": "0123456789abcdef"}}}')
    assert head_commit({"GITHUB_EVENT_PATH": str(event)}) == "0123456789ab"


@pytest.mark.parametrize("event", ["{}", '{"pull_request": {}}', "no JSON", ""])
def test_another_event_has_no_head_commit(event: str, tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_text(event)
    assert head_commit({"GITHUB_EVENT_PATH": str(file)}) == ""
    assert head_commit({}) == ""
