"""What a rule said about a block, in words that need no Checkov."""

from dataclasses import dataclass
from enum import Enum

from arqctl.gate.report import Severity

UNSEEN = "Checkov drops this block, so no graph rule judged it"
"""What is undecided of a block that graph rules never saw."""


class Result(Enum):
    """A rule's word. Checkov's UNKNOWN means "does not concern me" as often as "can't tell"."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Rule:
    """What is known about a rule.

    `own` rules are the project's. `looks_for_secrets` rules hunt literals, so an expression satisfies them.
    `reads_policies` rules give up silently on a policy document that they can't parse.
    """

    id: str
    name: str
    severity: Severity
    link: str | None
    own: bool = False
    looks_for_secrets: bool = False
    reads_policies: bool = False


@dataclass(frozen=True)
class RuleVerdict:
    """One rule's word on one block. `keys` are the arguments it looked at, as paths of names."""

    rule: Rule
    result: Result
    address: str
    keys: tuple[tuple[str, ...], ...] = ()
    error: str = ""
    """Why a rule that raised an exception could not judge."""


@dataclass(frozen=True)
class Passed:
    """One block that passed a rule: its stack, Terraform address and construct path."""

    rule: Rule
    stack: str
    address: str
    path: str


class BlindError(Exception):
    """Checkov could not read a stack, so its silence means nothing."""
