"""Keeps one comment on a pull request and edits it in place."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from arqctl.core.errors import InputError, Problem
from arqctl.forge.errors import ApiError
from arqctl.forge.retry import RetryPolicy


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment."""

    id: int
    url: str
    body: str


class CommentThread(Protocol):
    """The comments of one pull request."""

    def own_comments(self) -> Iterable[Comment]:
        """Return the comments of the token's user: anyone can write the marker into a comment."""

    def create(self, body: str) -> Comment:
        """Create a comment."""

    def edit(self, comment: Comment, body: str) -> None:
        """Replace the text of a comment."""

    def explain(self, error: ApiError) -> Problem:
        """Return an error's meaning and its fix."""


@dataclass(frozen=True, slots=True)
class CommentPoster:
    """Keeps one comment on a pull request, identified by the marker at its start."""

    thread: CommentThread
    retry_policy: RetryPolicy

    def post(self, body: str, marker: str) -> str:
        """Create or edit the comment, and return its URL.

        Two parallel runs may both have created one: the oldest is kept, and the others link to it.

        Raises:
            InputError: when the API refuses, or all attempts fail.
        """
        text = body if body.startswith(marker) else f"{marker}\n{body}"
        try:
            # Each attempt lists the comments again: a request that failed may still have written one.
            return self.retry_policy.run(lambda: self._create_or_edit(text, marker))
        except ApiError as error:
            raise InputError([self.thread.explain(error)]) from error

    def _create_or_edit(self, text: str, marker: str) -> str:
        ours = (each for each in self.thread.own_comments() if each.body.startswith(marker))
        found = sorted(ours, key=lambda comment: comment.id)
        if not found:
            return self.thread.create(text).url
        kept, *others = found
        if kept.body != text:
            self.thread.edit(kept, text)
        for each in others:
            self.thread.edit(each, f"The review is in [one comment]({kept.url}).")
        return kept.url
