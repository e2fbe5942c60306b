"""GitLab as far as notes of merge requests go.

https://docs.gitlab.com/api/notes/
"""

import re
from dataclasses import dataclass, field
from typing import Any

from tests.arqctl.forge.servers import Answer, Asked, paged

US, OTHER = 11, 12


@dataclass
class FakeGitLab:
    """One project with one merge request. The newest note comes first, as GitLab lists them."""

    token: str
    project: str = "42"
    may_write: bool = True
    notes: list[dict[str, Any]] = field(default_factory=list)

    def note(self, body: str, author: int = US, *, system: bool = False) -> dict[str, Any]:
        """Have somebody write one."""
        note = {"id": 100 + len(self.notes), "body": body, "author": {"id": author}, "system": system}
        self.notes.append(note)
        return note

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("private-token") != self.token:
            return Answer(401, {"message": "401 Unauthorized"})
        if asked.path == "/api/v4/user":
            return Answer(200, {"id": US, "username": "arq"})
        notes = f"/api/v4/projects/{self.project}/merge_requests/3/notes"
        if asked.path == notes and asked.method == "GET":
            return paged(self.notes[::-1], asked)
        return self._written(asked, notes) if self.may_write else Answer(403, {"message": "403 Forbidden"})

    def _written(self, asked: Asked, notes: str) -> Answer:
        if asked.path == notes:
            return Answer(201, self.note(asked.body["body"]))
        edited = re.fullmatch(f"{notes}/(\\d+)", asked.path)
        if edited is None or asked.method != "PUT":
            return Answer(404, {"message": "404 Not found"})
        note = self.notes[int(edited[1]) - 100]
        note["body"] = asked.body["body"]
        return Answer(200, note)
