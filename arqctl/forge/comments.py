"""One comment that is edited in place, on whatever forge."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from arqctl.core.errors import InputError, Problem
from arqctl.forge.errors import Refused
from arqctl.forge.retry import Patience


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as it stands."""

    id: int
    url: str
    body: str


class Thread(Protocol):
    """The comments of one pull request."""

    def own(self) -> Iterable[Comment]:
        """Those that we wrote ourselves: anybody can write our marker into theirs."""

    def create(self, body: str) -> Comment:
        """Write a new one."""

    def edit(self, comment: Comment, body: str) -> None:
        """Put another text into one."""

    def explained(self, refused: Refused) -> Problem:
        """What a refusal means, and how to mend it."""


@dataclass(frozen=True, slots=True)
class CommentPoster:
    """Keeps one comment on a pull request, by a marker that it begins with."""

    thread: Thread
    patience: Patience

    def post(self, body: str, marker: str) -> str:
        """Write the comment, or edit the one that is there, and give its address.

        Two runs at once may each have written one: the oldest is kept, and the others point to it.

        Raises:
            InputError: when the forge refuses, or can't be reached for as long as arqctl waits.
        """
        text = body if body.startswith(marker) else f"{marker}\n{body}"
        try:
            # Looked for anew at each attempt: what seemed to fail may have been written.
            return self.patience.keep(lambda: self._posted(text, marker))
        except Refused as refused:
            raise InputError([self.thread.explained(refused)]) from refused

    def _posted(self, text: str, marker: str) -> str:
        ours = (each for each in self.thread.own() if each.body.startswith(marker))
        found = sorted(ours, key=lambda comment: comment.id)
        if not found:
            return self.thread.create(text).url
        kept, *others = found
        if kept.body != text:
            self.thread.edit(kept, text)
        for each in others:
            self.thread.edit(each, f"The review is in [one comment]({kept.url}).")
        return kept.url
