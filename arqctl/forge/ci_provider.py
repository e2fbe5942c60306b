"""Detects GitHub or GitLab by the environment variables of a CI job."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from arqctl.core.errors import InputError, Problem
from arqctl.core.progress import ProgressCallback
from arqctl.forge.retry import RetryPolicy

_HASH_LENGTH = 12


class _Head(BaseModel):
    sha: str


class _PullRequest(BaseModel):
    head: _Head


class _Event(BaseModel):
    pull_request: _PullRequest


class Poster(Protocol):
    """Keeps one comment on a pull request."""

    def post(self, body: str, marker: str) -> str:
        """Create the comment, or edit the one that starts with the marker, and return its URL.

        Raises:
            InputError: when the API refuses, or can't be reached for ten minutes.
        """


def create_poster(environment: Mapping[str, str], on_progress: ProgressCallback) -> Poster:
    """Return a poster for the pull request of a GitHub or GitLab job. `on_progress` gets each wait.

    Raises:
        InputError: when this is neither, a variable is missing or invalid, or requests isn't installed.
    """
    try:
        from arqctl.forge.comments import CommentPoster  # noqa: PLC0415 - requests belongs to an extra
        from arqctl.forge.github import github_from_env  # noqa: PLC0415
        from arqctl.forge.gitlab import gitlab_from_env  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name != "requests":
            raise
        fix = "Run `pip install 'arqctl[gate]'`"
        what = "is not installed, and --post needs it"
        raise InputError([Problem("requests", what, fix)]) from error
    if environment.get("GITHUB_REPOSITORY"):
        return CommentPoster(github_from_env(environment), RetryPolicy(on_progress))
    if environment.get("CI_API_V4_URL"):
        return CommentPoster(gitlab_from_env(environment), RetryPolicy(on_progress))
    fix = "Run it in a workflow or a pipeline, or leave --post out"
    what = "neither GITHUB_REPOSITORY nor CI_API_V4_URL is set"
    raise InputError([Problem("the pull request", what, fix)])


def run_url(environment: Mapping[str, str]) -> str:
    """Return the URL of the current workflow run or job, or ""."""
    server, repository, run = (
        environment.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")
    )
    if server and repository and run:
        return f"{server.rstrip('/')}/{quote(repository)}/actions/runs/{quote(run)}"
    return environment.get("CI_JOB_URL", "")


def head_commit(environment: Mapping[str, str]) -> str:
    """Return the head commit of the pull request from GitHub's event, or "".

    GitHub checks out a merge commit, which the pull request's page doesn't list.
    """
    try:
        event = Path(environment.get("GITHUB_EVENT_PATH", "")).read_text(encoding="utf-8")
        return _Event.model_validate_json(event).pull_request.head.sha[:_HASH_LENGTH]
    except (OSError, ValidationError, UnicodeDecodeError):
        return ""
