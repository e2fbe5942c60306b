"""What the evidence says, in types. Its JSON is evidence.schema.json."""

from datetime import date
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from arqctl.gate.report import Finding, Printable

State: TypeAlias = Literal["failed", "undecided", "waived", "passed", "no evidence"]

STATES: tuple[State, ...] = ("failed", "undecided", "waived", "passed", "no evidence")
"""The worst first."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Place(_Record):
    """One block: its stack, Terraform address and construct path."""

    stack: str
    address: Printable
    path: Printable


class Accepted(Place):
    """A block whose finding a waiver accepts. `undecided`: the rule could not tell, and that is accepted."""

    owner: Printable
    reason: Printable
    ticket: Printable
    expires: date
    undecided: bool


class RuleEvidence(_Record):
    """A rule, and what it said of each block that it concerns. A block stands in one list only."""

    name: Printable
    link: str | None
    failed: tuple[Place, ...] = ()
    undecided: tuple[Place, ...] = ()
    waived: tuple[Accepted, ...] = ()
    passed: tuple[Place, ...] = ()


class ControlEvidence(_Record):
    """A control, its state, and why each of its rules stands under it.

    The state is the worst that any of the rules said. `no evidence`: nothing here is what they judge.
    """

    title: str
    state: State
    rules: dict[str, str]


class FrameworkEvidence(_Record):
    """A framework's controls, as far as rules see them, and the rules that judged and stand under none."""

    name: str
    version: str
    source: str
    basis: str
    controls: dict[str, ControlEvidence]
    unmapped: tuple[str, ...]


class Commit(_Record):
    """The commit that the project stands on. `changed`: files differ from it."""

    id: str
    changed: bool


class Evidence(_Record):
    """An environment's evidence, with what it was made from.

    `blind` is what no rule could see at all. While there is any, no control passes.
    """

    environment: str
    date: date
    commit: Commit | None
    versions: dict[str, str]
    stacks: tuple[str, ...]
    resources: int
    blind: tuple[Finding, ...]
    frameworks: dict[str, FrameworkEvidence]
    rules: dict[str, RuleEvidence]

    @property
    def holds(self) -> bool:
        """Whether no control is failed or undecided."""
        controls = (each for framework in self.frameworks.values() for each in framework.controls.values())
        return all(control.state not in ("failed", "undecided") for control in controls)

    def to_json(self) -> str:
        """The evidence as one JSON document, as `evidence.schema.json` describes it."""
        return self.model_dump_json(indent=2) + "\n"
