"""What a user got wrong, said once and whole, and the exit code that goes with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """What every `arqctl` command ends with."""

    PASS = 0
    FAULT = 1
    WRONG_INPUT = 2
    VIOLATED = 4


@dataclass(frozen=True)
class Problem:
    """One wrong input: where it stands, what is wrong with it, and how to mend it."""

    where: str
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.fix}"


class InputError(Exception):
    """The input can't be judged. `problems` holds everything that is wrong with it, not just the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
