"""Notes of a GitLab merge request, identified by a job's environment variables.

https://docs.gitlab.com/api/notes/#merge-requests
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from pydantic import BaseModel, TypeAdapter

from arqctl.core.errors import Problem
from arqctl.forge.api import Api
from arqctl.forge.ci_env import CiVariables
from arqctl.forge.comments import Comment
from arqctl.forge.errors import ApiError, explain_common_error

_IN_A_JOB = "Run it in a merge request pipeline, which sets it"
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
    """The notes of one merge request. `page` is the merge request's URL."""

    api: Api
    project: str
    number: str
    page: str
    token_name: str

    def own_comments(self) -> Iterator[Comment]:
        """Yield the notes of the token's user."""
        user = self.api.request("GET", "/user", _USER).id
        for each in self.api.list_all(self._notes, _NOTES):
            if each.author.id == user and not each.system:
                yield self._to_comment(each)

    def create(self, body: str) -> Comment:
        """Create a note."""
        return self._to_comment(self.api.request("POST", self._notes, _NOTE, {"body": body}))

    def edit(self, comment: Comment, body: str) -> None:
        """Replace the text of a note."""
        self.api.request("PUT", f"{self._notes}/{comment.id}", _NOTE, {"body": body})

    def explain(self, error: ApiError) -> Problem:
        """Return an error's meaning and its fix."""
        where = f"GitLab, merge request {self.number}"
        message = error.in_brackets
        match error.status:
            case HTTPStatus.UNAUTHORIZED:
                return Problem(where, f"{self.token_name} isn't valid{message}", _GRANT)
            case HTTPStatus.FORBIDDEN:
                fix = f"{_GRANT}, and check that the thread isn't locked"
                return Problem(where, f"{self.token_name} lacks the permission to comment{message}", fix)
            case HTTPStatus.NOT_FOUND:
                what = f"{self.token_name} can see no such merge request{message}"
                return Problem(where, what, f"{_GRANT}, in project {self.project}")
        return explain_common_error(where, error)

    @property
    def _notes(self) -> str:
        return f"/projects/{quote(self.project, safe='')}/merge_requests/{self.number}/notes"

    def _to_comment(self, note: _Note) -> Comment:
        return Comment(note.id, f"{self.page}#note_{note.id}", note.body)


def gitlab_from_env(environment: Mapping[str, str]) -> GitLab:
    """Return the merge request of a pipeline, with the token in GITLAB_TOKEN or ARQ_GITLAB_TOKEN.

    CI_JOB_TOKEN can't write notes. A fork's pipeline runs in the fork's project, and
    CI_MERGE_REQUEST_PROJECT_ID names the project of the merge request.

    Raises:
        InputError: with every variable that is missing or invalid.
    """
    target = {
        "CI_PROJECT_ID": environment.get("CI_MERGE_REQUEST_PROJECT_ID", ""),
        "CI_PROJECT_URL": environment.get("CI_MERGE_REQUEST_PROJECT_URL", ""),
    }
    variables = CiVariables({**environment, **{name: value for name, value in target.items() if value}})
    url = variables.url("CI_API_V4_URL", _IN_A_JOB)
    project = variables.text("CI_PROJECT_ID", r"[\w./-]+", _IN_A_JOB)
    number = variables.text("CI_MERGE_REQUEST_IID", r"\d+", _IN_A_JOB)
    project_url = variables.url("CI_PROJECT_URL", _IN_A_JOB)
    token_name = "GITLAB_TOKEN" if environment.get("GITLAB_TOKEN") else "ARQ_GITLAB_TOKEN"
    token = variables.secret(token_name, f"{_GRANT}, and put it into a masked variable")
    variables.raise_problems()
    page = f"{project_url}/-/merge_requests/{number}"
    return GitLab(Api("GitLab", url, ("PRIVATE-TOKEN", token)), project, number, page, token_name)
