"""The review: all that a reviewer is told. Values are compared and masked by now; rendering only arranges it.

Texts are plain: each rendering escapes what its form gives a meaning to. Paths are below the stack's name, so
that environments which change alike are equal.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum

from arqctl.gate.report import Finding, Waived
from arqctl.plan.access.access_diff import Row
from arqctl.plan.diff.difference import Difference
from arqctl.plan.model import Action, Check
from arqctl.plan.risk.danger import Danger


class Verdict(IntEnum):
    """What `arqctl review` ends with. 1 is a review that could not be made, whatever the cause."""

    NOTHING = 0
    CHANGES = 2
    DANGER = 3
    POLICY = 4


class Rolled(StrEnum):
    """A change that is told by a count only, as long as nothing else of the resource differs."""

    TAGS = "tag-only"
    HASHES = "hash-only"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many resources a plan does something to. What changes and moves counts as both."""

    add: int = 0
    change: int = 0
    replace: int = 0
    destroy: int = 0
    forget: int = 0
    move: int = 0
    import_: int = 0


_ALWAYS = ("add", "change", "replace", "destroy", "move", "import_")


def counted(every: Iterable[Counts]) -> tuple[str, ...]:
    """What a table has columns for: the usual, and what is rare only where it isn't nothing everywhere."""
    given = tuple(every)
    names = (field.name for field in fields(Counts))
    return tuple(name for name in names if name in _ALWAYS or any(getattr(each, name) for each in given))


@dataclass(frozen=True, slots=True)
class Changed:
    """A resource that changes, moves or is imported, and what of it differs.

    `why` is Terraform's reason in a person's words, or "". `drift` rows have what happened outside Terraform.
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
    rolled: Rolled | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """An output of the stack that differs."""

    name: str
    action: Action
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the gate says of an environment: `new` since the base, or all of it where no base was given.

    `undecided` are the new ones that the gate could not decide: they block as findings do. `standing` counts
    the findings that the base has as well, `fixed` those that it has alone.
    """

    passed: int
    new: tuple[Finding, ...] = ()
    undecided: tuple[Finding, ...] = ()
    standing: int = 0
    fixed: int = 0
    waived: tuple[Waived, ...] = ()
    breaks: tuple[str, ...] = ()
    is_compared: bool = False

    @property
    def blocks(self) -> bool:
        """Whether the gate stops a deployment, be it by what is new or by what stands since long."""
        return bool(self.new or self.undecided or self.standing or self.breaks)


@dataclass(frozen=True, slots=True)
class Cost:
    """US dollars a month: of the stack as planned, and how much more or less that is.

    `unpriced` counts the resources that cost something the table doesn't know, whole or in part: with any,
    `monthly` is the least it can be. `coverage` is the percentage of the others. None is "not known".
    """

    monthly: Decimal | None
    delta: Decimal | None
    coverage: int
    unpriced: int
    as_of: date


@dataclass(frozen=True, slots=True)
class StackReview:
    """The review of one stack's plan."""

    stack: str
    environment: str
    fingerprint: str
    counts: Counts
    dangers: tuple[Danger, ...] = ()
    losses: tuple[tuple[str, int], ...] = ()
    broadened: tuple[Row, ...] = ()
    changes: tuple[Changed, ...] = ()
    moves: tuple[Changed, ...] = ()
    imports: tuple[Changed, ...] = ()
    deferred: tuple[Changed, ...] = ()
    drift: tuple[Changed, ...] = ()
    drift_left_out: int = 0
    outputs: tuple[Output, ...] = ()
    checks: tuple[Check, ...] = ()
    judged: Judged | None = None
    cost: Cost | None = None
    picture: str = ""
    is_errored: bool = False
    is_complete: bool = True
    is_simulated: bool = False

    @property
    def changes_nothing(self) -> bool:
        """Whether an apply would do nothing, which an errored plan never says."""
        return self.counts == Counts() and not (self.outputs or self.deferred or self.is_errored)


@dataclass(frozen=True, slots=True)
class Review:
    """The review of a commit. `base` is the commit that it is compared with, or "".

    `gaps` says what could not be done, a sentence each.
    """

    stacks: tuple[StackReview, ...]
    fingerprint: str
    commit: str = ""
    base: str = ""
    run_url: str = ""
    gaps: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The highest that holds: policy, danger, changes, or nothing to do."""
        if any(stack.judged and stack.judged.blocks for stack in self.stacks):
            return Verdict.POLICY
        if any(stack.dangers for stack in self.stacks):
            return Verdict.DANGER
        return Verdict.NOTHING if all(stack.changes_nothing for stack in self.stacks) else Verdict.CHANGES
