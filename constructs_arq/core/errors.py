"""The family of errors that a user can cause: each says where, what was got, and the mend."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One wrong value: where it stands, what must hold, what was got, and how to mend it.

    The path is empty where values of one configuration don't go together.
    """

    path: str
    message: str
    got: str
    fix: str

    def __str__(self) -> str:
        got = f", got {self.got}" if self.got else ""
        return f"{self.path}: {self.message}{got}. {self.fix}".removeprefix(": ")

    def under(self, parent: str) -> "Problem":
        """The same problem, seen from the object that holds it."""
        return Problem(f"{parent}.{self.path}".rstrip("."), self.message, self.got, self.fix)


class ArqError(Exception):
    """A mistake in the input of the library. Shown as it is, without a traceback."""


class ConfigError(ArqError):
    """One or more values of a configuration are wrong. `problems` has every one of them."""

    def __init__(self, subject: str, problems: Sequence[Problem]) -> None:
        self.subject = subject
        self.problems = tuple(problems)
        super().__init__(
            "\n".join([f"{subject}: {len(problems)} wrong", *(f"  {problem}" for problem in problems)])
        )


class ConstructError(ArqError):
    """Two constructs don't fit together: `path` is the construct that noticed."""

    def __init__(self, path: str, message: str, *, fix: str) -> None:
        self.path = path
        super().__init__(f"{path}: {message}. {fix}")
