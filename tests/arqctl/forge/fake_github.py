"""Fake of GitHub's comment API: permissions, pages of thirty, and GitHub's error messages.

https://docs.github.com/en/rest/issues/comments
"""

import re
from dataclasses import dataclass, field
from typing import Any

from tests.arqctl.forge.servers import Answer, Request, paged

BOT = {"login": "github-actions[bot]", "type": "Bot"}
NOT_BY_INTEGRATION = Answer(403, {"message": "Resource not accessible by integration", "status": "403"})
LOCKED = Answer(403, {"message": "Unable to create comment because issue is locked.", "status": "403"})


def user(login: str) -> dict[str, str]:
    return {"login": login, "type": "User"}


@dataclass
class FakeGitHub:
    """One repository with one pull request. A workflow's token has no user."""

    token: str
    repository: str = "arq/platform"
    number: int = 7
    login: str = ""
    may_write: bool = True
    is_locked: bool = False
    comments: list[dict[str, Any]] = field(default_factory=list)

    def comment(self, body: str, author: dict[str, str] = BOT) -> dict[str, Any]:
        """Add a comment of an author."""
        number = len(self.comments) + 1
        page = f"https://github.example/{self.repository}/pull/{self.number}#issuecomment-{number}"
        self.comments.append({"id": number, "html_url": page, "body": body, "user": author})
        return self.comments[-1]

    def answer(self, request: Request) -> Answer:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return Answer(401, {"message": "Bad credentials"})
        if request.path == "/user":
            return Answer(200, user(self.login)) if self.login else NOT_BY_INTEGRATION
        issues = f"/repos/{self.repository}/issues"
        if request.path == f"{issues}/{self.number}/comments":
            return paged(self.comments, request) if request.method == "GET" else self._create(request)
        edited = re.fullmatch(f"{re.escape(issues)}/comments/(\\d+)", request.path)
        if edited and request.method == "PATCH":
            return self._edit(self.comments[int(edited[1]) - 1], request)
        return Answer(404, {"message": "Not Found"})

    def _create(self, request: Request) -> Answer:
        error = self._error(request)
        me = user(self.login) if self.login else BOT
        return error or Answer(201, self.comment(request.body["body"], me))

    def _edit(self, comment: dict[str, Any], request: Request) -> Answer:
        error = self._error(request)
        if error is None:
            comment["body"] = request.body["body"]
        return error or Answer(200, comment)

    def _error(self, request: Request) -> Answer | None:
        if not self.may_write:
            return NOT_BY_INTEGRATION
        if self.is_locked:
            return LOCKED
        if len(request.body["body"]) > 65_536:
            what = {"resource": "IssueComment", "message": "Body is too long (maximum is 65536 characters)"}
            return Answer(422, {"message": "Validation Failed", "errors": [what]})
        return None
