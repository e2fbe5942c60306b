"""GitHub as far as comments go: who may do what, pages of thirty, and its own words for each refusal.

https://docs.github.com/en/rest/issues/comments
"""

import re
from dataclasses import dataclass, field
from typing import Any

from tests.arqctl.forge.servers import Answer, Asked, paged

BOT = {"login": "github-actions[bot]", "type": "Bot"}
NOT_BY_INTEGRATION = Answer(403, {"message": "Resource not accessible by integration", "status": "403"})
LOCKED = Answer(403, {"message": "Unable to create comment because issue is locked.", "status": "403"})


def user(login: str) -> dict[str, str]:
    return {"login": login, "type": "User"}


@dataclass
class FakeGitHub:
    """One repository with one pull request. A workflow's token has no user of its own."""

    token: str
    repository: str = "arq/platform"
    number: int = 7
    login: str = ""
    may_write: bool = True
    is_locked: bool = False
    comments: list[dict[str, Any]] = field(default_factory=list)

    def comment(self, body: str, author: dict[str, str] = BOT) -> dict[str, Any]:
        """Have somebody write one."""
        number = len(self.comments) + 1
        page = f"https://github.example/{self.repository}/pull/{self.number}#issuecomment-{number}"
        self.comments.append({"id": number, "html_url": page, "body": body, "user": author})
        return self.comments[-1]

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return Answer(401, {"message": "Bad credentials"})
        if asked.path == "/user":
            return Answer(200, user(self.login)) if self.login else NOT_BY_INTEGRATION
        issues = f"/repos/{self.repository}/issues"
        if asked.path == f"{issues}/{self.number}/comments":
            return paged(self.comments, asked) if asked.method == "GET" else self._written(asked)
        edited = re.fullmatch(f"{re.escape(issues)}/comments/(\\d+)", asked.path)
        if edited and asked.method == "PATCH":
            return self._edited(self.comments[int(edited[1]) - 1], asked)
        return Answer(404, {"message": "Not Found"})

    def _written(self, asked: Asked) -> Answer:
        refusal = self._refusal(asked)
        me = user(self.login) if self.login else BOT
        return refusal or Answer(201, self.comment(asked.body["body"], me))

    def _edited(self, comment: dict[str, Any], asked: Asked) -> Answer:
        refusal = self._refusal(asked)
        if refusal is None:
            comment["body"] = asked.body["body"]
        return refusal or Answer(200, comment)

    def _refusal(self, asked: Asked) -> Answer | None:
        if not self.may_write:
            return NOT_BY_INTEGRATION
        if self.is_locked:
            return LOCKED
        if len(asked.body["body"]) > 65_536:
            what = {"resource": "IssueComment", "message": "Body is too long (maximum is 65536 characters)"}
            return Answer(422, {"message": "Validation Failed", "errors": [what]})
        return None
