"""Errors that a user can cause. Each has the place, the invalid value and the fix."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """An invalid value: its path, the requirement, the value, and the fix.

    The path is empty if values of one configuration contradict each other.
    """

    path: str
    message: str
    got: str
    fix: str

    def __str__(self) -> str:
        got = f", got {self.got}" if self.got else ""
        return f"{self.path}: {self.message}{got}. {self.fix}".removeprefix(": ")

    def under(self, parent: str) -> "Problem":
        """Return the problem with `parent` before its path."""
        return Problem(f"{parent}.{self.path}".rstrip("."), self.message, self.got, self.fix)


class ArqError(Exception):
    """A user's mistake. Programs print it without a traceback."""


class ConfigError(ArqError):
    """A configuration has invalid values. `problems` has all of them."""

    def __init__(self, subject: str, problems: Sequence[Problem]) -> None:
        self.subject: str = subject
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(
            "\n".join([f"{subject}: {_count(problems)}", *(f"  {problem}" for problem in problems)])
        )


class ConstructError(ArqError):
    """A construct can't be created with the given arguments. `path` is its path."""

    def __init__(self, path: str, message: str, *, fix: str) -> None:
        self.path: str = path
        super().__init__(f"{path}: {message}. {fix}")


def _count(problems: Sequence[Problem]) -> str:
    return "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
