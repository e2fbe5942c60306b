"""Input errors with all their problems, and exit codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of `arqctl`."""

    PASS = 0
    INTERNAL_ERROR = 1
    INVALID_INPUT = 2
    VIOLATION = 4


@dataclass(frozen=True)
class Problem:
    """One problem of the input: where it is, what is wrong, and how to fix it."""

    where: str
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.fix}"


class InputError(Exception):
    """The input is invalid. `problems` holds all its problems, not just the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
