"""Results of checks, and the time that they may take."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, TypedDict

MOST_MESSAGE_CHARACTERS: Final = 1000


class Check(TypedDict):
    """A check with its result. `detail` states the compared values, and whether they are a sample."""

    name: str
    passed: bool
    detail: str
    seconds: float


class OutOfTimeError(Exception):
    """There is no time for an answer."""


class QueryError(Exception):
    """PostgreSQL rejects a statement."""


@dataclass(frozen=True)
class Deadline:
    """The time at which checks must have ended, in seconds of the monotonic clock."""

    ends_at: float

    @staticmethod
    def after(seconds: float) -> "Deadline":
        """Return the time that is `seconds` from now."""
        return Deadline(time.monotonic() + seconds)

    def left(self) -> float:
        """Return the seconds until then.

        Raises:
            OutOfTimeError: if there are none.
        """
        seconds = self.ends_at - time.monotonic()
        if seconds <= 0:
            raise OutOfTimeError("there was no time left")
        return seconds

    def share(self, parts: int) -> "Deadline":
        """Return the end of the first of equal parts of the time that is left.

        Raises:
            OutOfTimeError: if there is none.
        """
        return Deadline.after(self.left() / parts)


@dataclass(frozen=True)
class Finding:
    """The answer of a check. Without `problems` it has passed."""

    detail: str
    problems: Sequence[str] = ()


NamedCheck = tuple[str, Callable[[], Finding]]
Limit = Callable[[int], AbstractContextManager[None]]
"""Limits statements to one of so many equal parts of the time that is left."""


def run_checks(checks: Sequence[NamedCheck], limit: Limit) -> Iterator[Check]:
    """Run the checks in order, each in an equal share of the time that those before it left.

    A check without the time for an answer has not passed.
    """
    for number, (name, check) in enumerate(checks):
        start = time.monotonic()
        try:
            with limit(len(checks) - number):
                finding = check()
        except (OutOfTimeError, QueryError) as error:
            finding = Finding("", [f"not checked: {error}"])
        yield Check(
            name=name,
            passed=not finding.problems,
            detail="; ".join(finding.problems) or finding.detail,
            seconds=round(time.monotonic() - start, 3),
        )


def summarize(checks: Sequence[Check]) -> str:
    """Return the failed checks, or the number of those that passed, in at most 1,000 characters."""
    failed = [each for each in checks if not each["passed"]]
    if not failed:
        return f"{len(checks)} checks passed"
    text = f"{len(failed)} of {len(checks)} checks failed: " + " | ".join(
        f"{each['name']}: {each['detail']}" for each in failed
    )
    return text if len(text) <= MOST_MESSAGE_CHARACTERS else text[: MOST_MESSAGE_CHARACTERS - 1] + "…"
