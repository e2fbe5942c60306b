"""Results of policy rules on blocks, independent of Checkov's types."""

from dataclasses import dataclass
from enum import Enum

from arqctl.gate.report import Severity

NOT_IN_GRAPH = "Checkov's graph omits this block, so no graph rule evaluated it"
"""The message for a block that Checkov's graph doesn't hold."""


class Result(Enum):
    """A rule's result. Checkov's UNKNOWN means "not applicable" as often as "cannot be decided"."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Rule:
    """A policy rule.

    `own` marks the project's rules. Rules with `looks_for_secrets` search for literals, so an expression
    passes them. Rules with `reads_policies` skip policy documents that they cannot parse.
    """

    id: str
    name: str
    severity: Severity
    link: str | None
    own: bool = False
    looks_for_secrets: bool = False
    reads_policies: bool = False


@dataclass(frozen=True)
class RuleResult:
    """The result of one rule on one block. `keys` are the paths of the arguments that it evaluated."""

    rule: Rule
    result: Result
    address: str
    keys: tuple[tuple[str, ...], ...] = ()
    error: str = ""
    """The exception that the rule raised, or ""."""


@dataclass(frozen=True)
class PassedCheck:
    """A block that passed a rule: its stack, Terraform address and construct path."""

    rule: Rule
    stack: str
    address: str
    path: str


class ScanError(Exception):
    """Checkov could not read a stack, so the absence of findings means nothing."""
