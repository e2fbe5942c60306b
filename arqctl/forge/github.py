"""The comments of a GitHub pull request, as a workflow's environment names it.

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
from arqctl.forge.ci_env import Variables
from arqctl.forge.comments import Comment
from arqctl.forge.errors import Refused, of_no_permission

_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_GRANT = (
    "Give the job `permissions: pull-requests: write`. A run for a fork has a token that only reads: "
    "its review stands in the step summary"
)
_IN_A_WORKFLOW = "Run it in a workflow, where GitHub sets it"


class _User(BaseModel):
    login: str
    type: str = ""


class _Comment(BaseModel):
    id: int
    html_url: str
    body: str | None = None
    user: _User | None = None

    def plain(self) -> Comment:
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

    def own(self) -> Iterator[Comment]:
        """Those that the token's user wrote; for a workflow's token, which has no user, those of a bot."""
        login = self._login()
        for each in self.api.pages(f"/repos/{self.repository}/issues/{self.number}/comments", _COMMENTS):
            if each.user and (each.user.login == login if login else each.user.type == "Bot"):
                yield each.plain()

    def create(self, body: str) -> Comment:
        """Write a new one."""
        path = f"/repos/{self.repository}/issues/{self.number}/comments"
        return self.api.ask("POST", path, _COMMENT, {"body": body}).plain()

    def edit(self, comment: Comment, body: str) -> None:
        """Put another text into one."""
        path = f"/repos/{self.repository}/issues/comments/{comment.id}"
        self.api.ask("PATCH", path, _COMMENT, {"body": body})

    def explained(self, refused: Refused) -> Problem:
        """What a refusal means, and how to mend it."""
        where = f"GitHub, {self.repository}#{self.number}"
        said = refused.in_brackets
        if "locked" in refused.said.lower():
            return Problem(where, f"it takes no comment{said}", "Unlock the conversation")
        match refused.status:
            case HTTPStatus.UNAUTHORIZED:
                fix = "Give the step `GITHUB_TOKEN: ${{ github.token }}`"
                return Problem(where, f"GITHUB_TOKEN isn't valid{said}", fix)
            case HTTPStatus.FORBIDDEN:
                return Problem(where, f"GITHUB_TOKEN may not comment there{said}", _GRANT)
            case HTTPStatus.NOT_FOUND:
                what = f"there is no such pull request that GITHUB_TOKEN may see{said}"
                return Problem(where, what, "Check GITHUB_REPOSITORY, and what the token is for")
            case HTTPStatus.UNPROCESSABLE_ENTITY:
                fix = "A comment holds 65,536 characters at most"
                return Problem(where, f"it doesn't take this comment{said}", fix)
        return of_no_permission(where, refused)

    def _login(self) -> str:
        try:
            return self.api.ask("GET", "/user", _USER).login
        except Refused as refused:
            if refused.status == HTTPStatus.FORBIDDEN:
                return ""
            raise


def github_from(environment: Mapping[str, str]) -> GitHub:
    """The pull request that a workflow runs for.

    Raises:
        InputError: when a variable is missing or wrong, or there is no pull request; with all that is wrong.
    """
    variables = Variables({"GITHUB_API_URL": "https://api.github.com", **environment})
    url = variables.address("GITHUB_API_URL", _IN_A_WORKFLOW)
    repository = variables.text("GITHUB_REPOSITORY", r"[\w.-]+/[\w.-]+", _IN_A_WORKFLOW)
    token = variables.secret("GITHUB_TOKEN", "Give the step `GITHUB_TOKEN: ${{ github.token }}`")
    number = _number(environment)
    if not number:
        fix = "Let the workflow run `on: pull_request`, or leave --post out"
        variables.lack("GITHUB_EVENT_PATH", "names no pull request, and neither does GITHUB_REF", fix)
    variables.require()
    api = Api("GitHub", url, ("Authorization", f"Bearer {token}"), _HEADERS)
    return GitHub(api, repository, number)


def _number(environment: Mapping[str, str]) -> int:
    """The pull request's number by the event, or by the ref; 0 where both name none."""
    try:
        event = Path(environment.get("GITHUB_EVENT_PATH", "")).read_text(encoding="utf-8")
        return _Event.model_validate_json(event).pull_request.number
    except (OSError, ValidationError, UnicodeDecodeError):
        named = re.fullmatch(r"refs/pull/(\d+)/(?:merge|head)", environment.get("GITHUB_REF", ""))
        return int(named[1]) if named else 0
