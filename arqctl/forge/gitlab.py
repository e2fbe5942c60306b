"""The notes of a GitLab merge request, as a job's environment names it.

https://docs.gitlab.com/api/notes/#merge-requests
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from pydantic import BaseModel, TypeAdapter

from arqctl.core.errors import Problem
from arqctl.forge.api import Api
from arqctl.forge.ci_env import Variables
from arqctl.forge.comments import Comment
from arqctl.forge.errors import Refused, of_no_permission

_IN_A_JOB = "Run it in a merge request's pipeline, where GitLab sets it"
_GRANT = "Make a project access token with the scope `api` and at least the role Reporter"


class _User(BaseModel):
    id: int


class _Note(BaseModel):
    id: int
    body: str
    author: _User
    system: bool = False


_USER = TypeAdapter(_User)
_NOTE = TypeAdapter(_Note)
_NOTES = TypeAdapter(list[_Note])


@dataclass(frozen=True, slots=True)
class GitLab:
    """The notes of one merge request. `page` is the merge request's address for a person."""

    api: Api
    project: str
    number: str
    page: str
    token_name: str

    def own(self) -> Iterator[Comment]:
        """Those that the token's user wrote."""
        user = self.api.ask("GET", "/user", _USER).id
        for each in self.api.pages(self._notes, _NOTES):
            if each.author.id == user and not each.system:
                yield self._plain(each)

    def create(self, body: str) -> Comment:
        """Write a new one."""
        return self._plain(self.api.ask("POST", self._notes, _NOTE, {"body": body}))

    def edit(self, comment: Comment, body: str) -> None:
        """Put another text into one."""
        self.api.ask("PUT", f"{self._notes}/{comment.id}", _NOTE, {"body": body})

    def explained(self, refused: Refused) -> Problem:
        """What a refusal means, and how to mend it."""
        where = f"GitLab, merge request {self.number}"
        said = refused.in_brackets
        match refused.status:
            case HTTPStatus.UNAUTHORIZED:
                return Problem(where, f"{self.token_name} isn't valid{said}", _GRANT)
            case HTTPStatus.FORBIDDEN:
                fix = f"{_GRANT}, and see that the thread isn't locked"
                return Problem(where, f"{self.token_name} may not comment there{said}", fix)
            case HTTPStatus.NOT_FOUND:
                what = f"there is no such merge request that {self.token_name} may see{said}"
                return Problem(where, what, f"{_GRANT}, in project {self.project}")
        return of_no_permission(where, refused)

    @property
    def _notes(self) -> str:
        return f"/projects/{quote(self.project, safe='')}/merge_requests/{self.number}/notes"

    def _plain(self, note: _Note) -> Comment:
        return Comment(note.id, f"{self.page}#note_{note.id}", note.body)


def gitlab_from(environment: Mapping[str, str]) -> GitLab:
    """The merge request that a pipeline runs for, and the token in ARQ_GITLAB_TOKEN or GITLAB_TOKEN.

    A job's own CI_JOB_TOKEN may not write notes. The pipeline of a fork runs in the fork's project, and its
    merge request belongs to another: CI_MERGE_REQUEST_PROJECT_ID names that one.

    Raises:
        InputError: when a variable is missing or wrong; with all that is wrong.
    """
    of_target = {
        "CI_PROJECT_ID": environment.get("CI_MERGE_REQUEST_PROJECT_ID", ""),
        "CI_PROJECT_URL": environment.get("CI_MERGE_REQUEST_PROJECT_URL", ""),
    }
    variables = Variables({**environment, **{name: value for name, value in of_target.items() if value}})
    url = variables.address("CI_API_V4_URL", _IN_A_JOB)
    project = variables.text("CI_PROJECT_ID", r"[\w./-]+", _IN_A_JOB)
    number = variables.text("CI_MERGE_REQUEST_IID", r"\d+", _IN_A_JOB)
    home = variables.address("CI_PROJECT_URL", _IN_A_JOB)
    token_name = "GITLAB_TOKEN" if environment.get("GITLAB_TOKEN") else "ARQ_GITLAB_TOKEN"
    token = variables.secret(token_name, f"{_GRANT}, and put it into a masked variable")
    variables.require()
    page = f"{home}/-/merge_requests/{number}"
    return GitLab(Api("GitLab", url, ("PRIVATE-TOKEN", token)), project, number, page, token_name)
