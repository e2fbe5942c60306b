"""Which forge this runs on, by the variables that it sets for its jobs."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from arqctl.core.errors import InputError, Problem
from arqctl.forge.retry import Patience

_HASH_LENGTH = 12


class _Head(BaseModel):
    sha: str


class _PullRequest(BaseModel):
    head: _Head


class _Event(BaseModel):
    pull_request: _PullRequest


class Poster(Protocol):
    """Keeps one comment on the pull request."""

    def post(self, body: str, marker: str) -> str:
        """Write the comment, or edit the one that begins with the marker, and give its address.

        Raises:
            InputError: when the forge refuses, with how to mend it, or can't be reached for ten minutes.
        """


def poster_from_environment(environment: Mapping[str, str], tell: Callable[[str], None]) -> Poster:
    """A poster for the pull request that a job on GitHub or GitLab runs for. `tell` hears of each wait.

    Raises:
        InputError: when it runs on neither, a variable is missing or wrong, or there is no requests.
    """
    try:
        from arqctl.forge.comments import CommentPoster  # noqa: PLC0415 - requests is an extra's
        from arqctl.forge.github import github_from  # noqa: PLC0415
        from arqctl.forge.gitlab import gitlab_from  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name != "requests":
            raise
        fix = "Run `pip install 'arqctl[gate]'`"
        raise InputError(
            [Problem("requests", "is not installed, and comments are posted with it", fix)]
        ) from error
    if environment.get("GITHUB_REPOSITORY"):
        return CommentPoster(github_from(environment), Patience(tell))
    if environment.get("CI_API_V4_URL"):
        return CommentPoster(gitlab_from(environment), Patience(tell))
    fix = "Post from a workflow or a pipeline, or leave --post out"
    what = "neither GITHUB_REPOSITORY nor CI_API_V4_URL is set"
    raise InputError([Problem("the pull request", what, fix)])


def run_url(environment: Mapping[str, str]) -> str:
    """The page of the workflow run or job that this is, or ""."""
    server, repository, run = (
        environment.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")
    )
    if server and repository and run:
        return f"{server.rstrip('/')}/{quote(repository)}/actions/runs/{quote(run)}"
    return environment.get("CI_JOB_URL", "")


def head_commit(environment: Mapping[str, str]) -> str:
    """The pull request's own newest commit, which its page lists, or "" where no event names it.

    What GitHub checks out is a merge of it into its base, a commit that no page lists.
    """
    try:
        event = Path(environment.get("GITHUB_EVENT_PATH", "")).read_text(encoding="utf-8")
        return _Event.model_validate_json(event).pull_request.head.sha[:_HASH_LENGTH]
    except (OSError, ValidationError, UnicodeDecodeError):
        return ""
