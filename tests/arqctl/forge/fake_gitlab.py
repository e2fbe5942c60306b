"""Fake of GitLab's API for notes of merge requests.

https://docs.gitlab.com/api/notes/
"""

import re
from dataclasses import dataclass, field
from typing import Any

from tests.arqctl.forge.servers import Answer, Request, paged

US, OTHER = 11, 12


@dataclass
class FakeGitLab:
    """One project with one merge request. The newest note comes first, as GitLab lists them."""

    token: str
    project: str = "42"
    may_write: bool = True
    notes: list[dict[str, Any]] = field(default_factory=list)

    def note(self, body: str, author: int = US, *, system: bool = False) -> dict[str, Any]:
        """Add a note of an author."""
        note = {"id": 100 + len(self.notes), "body": body, "author": {"id": author}, "system": system}
        self.notes.append(note)
        return note

    def answer(self, request: Request) -> Answer:
        if request.headers.get("private-token") != self.token:
            return Answer(401, {"message": "401 Unauthorized"})
        if request.path == "/api/v4/user":
            return Answer(200, {"id": US, "username": "arq"})
        notes = f"/api/v4/projects/{self.project}/merge_requests/3/notes"
        if request.path == notes and request.method == "GET":
            return paged(self.notes[::-1], request)
        return self._write(request, notes) if self.may_write else Answer(403, {"message": "403 Forbidden"})

    def _write(self, request: Request, notes: str) -> Answer:
        if request.path == notes:
            return Answer(201, self.note(request.body["body"]))
        edited = re.fullmatch(f"{notes}/(\\d+)", request.path)
        if edited is None or request.method != "PUT":
            return Answer(404, {"message": "404 Not found"})
        note = self.notes[int(edited[1]) - 100]
        note["body"] = request.body["body"]
        return Answer(200, note)
