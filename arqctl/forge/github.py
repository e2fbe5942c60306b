"""Comments of a GitHub pull request, identified by a workflow's environment variables.

https://docs.github.com/en/rest/issues/comments
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from pydantic import BaseModel, TypeAdapter, ValidationError

from arqctl.core.errors import Problem
from arqctl.forge.api import Api
from arqctl.forge.ci_env import CiVariables
from arqctl.forge.comments import Comment
from arqctl.forge.errors import ApiError, explain_common_error

_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_GRANT = (
    "Give the job `permissions: pull-requests: write`. The token of a fork's run can only read: "
    "its review is in the step summary"
)
_IN_A_WORKFLOW = "Run it in a GitHub workflow, which sets it"


class _User(BaseModel):
    login: str
    type: str = ""


class _Comment(BaseModel):
    id: int
    html_url: str
    body: str | None = None
    user: _User | None = None

    def to_comment(self) -> Comment:
        return Comment(self.id, self.html_url, self.body or "")


class _Number(BaseModel):
    number: int


class _Event(BaseModel):
    pull_request: _Number


_USER = TypeAdapter(_User)
_COMMENT = TypeAdapter(_Comment)
_COMMENTS = TypeAdapter(list[_Comment])


@dataclass(frozen=True, slots=True)
class GitHub:
    """The comments of one pull request."""

    api: Api
    repository: str
    number: int

    def own_comments(self) -> Iterator[Comment]:
        """Yield the comments of the token's user. A workflow's token has no user: yield those of bots."""
        login = self._login()
        for each in self.api.list_all(f"/repos/{self.repository}/issues/{self.number}/comments", _COMMENTS):
            if each.user and (each.user.login == login if login else each.user.type == "Bot"):
                yield each.to_comment()

    def create(self, body: str) -> Comment:
        """Create a comment."""
        path = f"/repos/{self.repository}/issues/{self.number}/comments"
        return self.api.request("POST", path, _COMMENT, {"body": body}).to_comment()

    def edit(self, comment: Comment, body: str) -> None:
        """Replace the text of a comment."""
        path = f"/repos/{self.repository}/issues/comments/{comment.id}"
        self.api.request("PATCH", path, _COMMENT, {"body": body})

    def explain(self, error: ApiError) -> Problem:
        """Return an error's meaning and its fix."""
        where = f"GitHub, {self.repository}#{self.number}"
        message = error.in_brackets
        if "locked" in error.message.lower():
            return Problem(where, f"the conversation is locked{message}", "Unlock the conversation")
        match error.status:
            case HTTPStatus.UNAUTHORIZED:
                fix = "Give the step `GITHUB_TOKEN: ${{ github.token }}`"
                return Problem(where, f"GITHUB_TOKEN isn't valid{message}", fix)
            case HTTPStatus.FORBIDDEN:
                return Problem(where, f"GITHUB_TOKEN lacks the permission to comment{message}", _GRANT)
            case HTTPStatus.NOT_FOUND:
                what = f"GITHUB_TOKEN can see no such pull request{message}"
                return Problem(where, what, "Check GITHUB_REPOSITORY and the token's repository")
            case HTTPStatus.UNPROCESSABLE_ENTITY:
                fix = "A comment has at most 65,536 characters"
                return Problem(where, f"the API refuses this comment{message}", fix)
        return explain_common_error(where, error)

    def _login(self) -> str:
        try:
            return self.api.request("GET", "/user", _USER).login
        except ApiError as error:
            if error.status == HTTPStatus.FORBIDDEN:
                return ""
            raise


def github_from_env(environment: Mapping[str, str]) -> GitHub:
    """Return the pull request of a workflow run.

    Raises:
        InputError: with every variable that is missing or invalid, and when there is no pull request.
    """
    variables = CiVariables({"GITHUB_API_URL": "https://api.github.com", **environment})
    url = variables.url("GITHUB_API_URL", _IN_A_WORKFLOW)
    repository = variables.text("GITHUB_REPOSITORY", r"[\w.-]+/[\w.-]+", _IN_A_WORKFLOW)
    token = variables.secret("GITHUB_TOKEN", "Give the step `GITHUB_TOKEN: ${{ github.token }}`")
    number = _number(environment)
    if not number:
        fix = "Let the workflow run `on: pull_request`, or leave --post out"
        variables.add_problem("GITHUB_EVENT_PATH", "names no pull request, and neither does GITHUB_REF", fix)
    variables.raise_problems()
    api = Api("GitHub", url, ("Authorization", f"Bearer {token}"), _HEADERS)
    return GitHub(api, repository, number)


def _number(environment: Mapping[str, str]) -> int:
    """Return the pull request's number from the event or the ref, or 0."""
    try:
        event = Path(environment.get("GITHUB_EVENT_PATH", "")).read_text(encoding="utf-8")
        return _Event.model_validate_json(event).pull_request.number
    except (OSError, ValidationError, UnicodeDecodeError):
        named = re.fullmatch(r"refs/pull/(\d+)/(?:merge|head)", environment.get("GITHUB_REF", ""))
        return int(named[1]) if named else 0
