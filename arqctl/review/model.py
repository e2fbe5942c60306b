"""Review model: what a reviewer sees, after values were compared and redacted.

Texts are plain; each renderer escapes them for its format. Construct paths start below the stack's name, so
environments that change in the same way compare as equal.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum

from arqctl.gate.report import Finding, WaivedFinding
from arqctl.plan.access.access_diff import AccessChange
from arqctl.plan.diff.difference import Difference
from arqctl.plan.model import Action, Check
from arqctl.plan.risk.danger import Danger


class Verdict(IntEnum):
    """Exit codes of `arqctl review`. Code 1: there is no review, or a partial one that approves nothing."""

    NO_CHANGES = 0
    PARTIAL = 1
    CHANGES = 2
    DANGER = 3
    POLICY = 4


class CollapsedChange(StrEnum):
    """A change that is only counted, because nothing else of the resource differs."""

    TAGS = "tag-only"
    HASHES = "hash-only"


@dataclass(frozen=True, slots=True)
class Counts:
    """Number of resources per action. A resource that is updated and moved counts for both."""

    create: int = 0
    update: int = 0
    replace: int = 0
    delete: int = 0
    forget: int = 0
    move: int = 0
    import_: int = 0


_ALWAYS_SHOWN = ("create", "update", "replace", "delete", "move", "import_")


def count_columns(rows: Iterable[Counts]) -> tuple[str, ...]:
    """Return the names of the counts to show as columns. A rare action has one only if it occurs."""
    given = tuple(rows)
    names = (field.name for field in fields(Counts))
    return tuple(name for name in names if name in _ALWAYS_SHOWN or any(getattr(row, name) for row in given))


@dataclass(frozen=True, slots=True)
class ChangedResource:
    """A resource that changes, moves or is imported, with the arguments that differ.

    `why` is Terraform's reason in plain English, or "". Differences in `drift` happened outside Terraform.
    """

    address: str
    type: str
    path: str
    action: Action
    differences: tuple[Difference, ...] = ()
    why: str = ""
    deposed: str = ""
    previous_address: str = ""
    importing: str = ""
    collapsed: CollapsedChange | None = None


@dataclass(frozen=True, slots=True)
class ChangedOutput:
    """An output of the stack that differs."""

    name: str
    action: Action
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class PolicyDelta:
    """Policy findings of a stack. `new` has those since the base, or all of them without a base.

    `unknown` has the new results that the gate could not decide; they block as findings do. `existing` counts
    the findings that the base has too, `fixed` those that only the base has. `lost_addresses` names stateful
    resources of the address list that vanished. `snapshot_updates` lists what `arqctl snapshot update` would
    write; it doesn't block.
    """

    passed: int
    new: tuple[Finding, ...] = ()
    unknown: tuple[Finding, ...] = ()
    existing: int = 0
    fixed: int = 0
    waived: tuple[WaivedFinding, ...] = ()
    lost_addresses: tuple[str, ...] = ()
    snapshot_updates: tuple[str, ...] = ()
    is_compared: bool = False

    @property
    def blocking(self) -> int:
        """The number of findings and unknown results that block a deployment, new or existing."""
        return len(self.new) + len(self.unknown) + self.existing

    @property
    def is_blocking(self) -> bool:
        """Whether a policy finding or a lost stateful address blocks a deployment."""
        return bool(self.blocking or self.lost_addresses)


@dataclass(frozen=True, slots=True)
class Cost:
    """Monthly cost of the planned stack in US dollars, and its difference from the current one.

    `unpriced` counts the resources that have a cost without a known price, in whole or in part; with any,
    `monthly` is a lower bound. `coverage` is the percentage of the others. None means "not known".
    """

    monthly: Decimal | None
    delta: Decimal | None
    coverage: int
    unpriced: int
    as_of: date


@dataclass(frozen=True, slots=True)
class StackReview:
    """Review of one stack's plan."""

    stack: str
    environment: str
    fingerprint: str
    counts: Counts
    dangers: tuple[Danger, ...] = ()
    harmless_losses: tuple[tuple[str, int], ...] = ()
    access_changes: tuple[AccessChange, ...] = ()
    changes: tuple[ChangedResource, ...] = ()
    moves: tuple[ChangedResource, ...] = ()
    imports: tuple[ChangedResource, ...] = ()
    deferred: tuple[ChangedResource, ...] = ()
    drift: tuple[ChangedResource, ...] = ()
    unrelated_drift: int = 0
    outputs: tuple[ChangedOutput, ...] = ()
    checks: tuple[Check, ...] = ()
    policy: PolicyDelta | None = None
    cost: Cost | None = None
    diagram: str = ""
    is_errored: bool = False
    is_complete: bool = True
    is_simulated: bool = False

    @property
    def is_no_op(self) -> bool:
        """Whether an apply would do nothing. False for a partial plan, and if a check doesn't pass."""
        return self.counts == Counts() and not (
            self.outputs or self.deferred or self.checks or self.is_partial
        )

    @property
    def is_partial(self) -> bool:
        """Whether the plan lacks changes: it ended with an error, or Terraform marked it as incomplete."""
        return self.is_errored or not self.is_complete


@dataclass(frozen=True, slots=True)
class Review:
    """Review of a commit. `base` is the commit that it is compared with, or "".

    `gaps` has one sentence for each part of the review that could not be made.
    """

    stacks: tuple[StackReview, ...]
    fingerprint: str
    commit: str = ""
    base: str = ""
    run_url: str = ""
    gaps: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The most severe verdict of all stacks: partial, policy, danger, changes or no changes."""
        if any(stack.is_partial for stack in self.stacks):
            return Verdict.PARTIAL
        if any(stack.policy and stack.policy.is_blocking for stack in self.stacks):
            return Verdict.POLICY
        if any(stack.dangers for stack in self.stacks):
            return Verdict.DANGER
        return Verdict.NO_CHANGES if all(stack.is_no_op for stack in self.stacks) else Verdict.CHANGES
