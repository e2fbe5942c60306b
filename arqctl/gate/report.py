"""The gate's report: what was judged, what was found, and the one verdict. Its JSON is report.schema.json."""

import re
from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, computed_field

Severity: TypeAlias = Literal["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO"]
Verdict: TypeAlias = Literal["pass", "violated"]
SnapshotState: TypeAlias = Literal["match", "differs", "missing"]
AddressState: TypeAlias = Literal["kept", "broken"]

LOOKED_AT = " (looked at "
"""What begins the arguments that a rule looked at, behind its name in a finding's message."""

SEVERITIES: tuple[Severity, ...] = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO")
"""The most severe first."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


# What a terminal would obey, and what XML and UTF-8 can't hold: a stack's values are shown in findings.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub(" ", text)


Printable: TypeAlias = Annotated[str, AfterValidator(_printable)]


class Source(_Record):
    """A line of Python, in a file named from the project's folder."""

    file: Printable = Field(min_length=1)
    line: int = Field(ge=1)


class Finding(_Record):
    """One rule's word on one block. In `unknown`, the rule could not decide.

    `file` is where it is mended when that isn't the code behind the construct: a list or the waivers.
    """

    rule: str
    severity: Severity
    address: Printable
    path: Printable
    message: Printable
    stack: str
    link: str | None = None
    file: str | None = None


class Waived(Finding):
    """A finding that a waiver accepts, with who answers for it and for how long."""

    owner: Printable
    reason: Printable
    ticket: Printable
    expires: date
    days_left: int
    undecided: bool = False


class Change(_Record):
    """One address that differs from the committed snapshot, with the arguments that differ."""

    address: Printable
    change: Literal["added", "removed", "changed"]
    arguments: tuple[Printable, ...] = ()
    stack: str


class Warned(_Record):
    """What the app itself warned of while it was synthesized, such as a version whose support ends soon."""

    path: Printable
    message: Printable


class EnvironmentReport(_Record):
    """What the gate found in one environment: all stacks that belong to it.

    `sources` are the lines that made what was found, where the app told them: the project's own, then the
    library's where it is part of the project. The keys are the findings' construct paths, and STACK/ADDRESS
    for changes of a snapshot.
    """

    stacks: tuple[str, ...]
    resources: int
    passed: int
    rules: int
    findings: tuple[Finding, ...]
    unknown: tuple[Finding, ...]
    waived: tuple[Waived, ...]
    snapshot: SnapshotState
    snapshot_changes: tuple[Change, ...]
    addresses: AddressState
    warnings: tuple[Warned, ...] = ()
    sources: dict[Printable, tuple[Source, ...]] = {}

    @property
    def holds(self) -> bool:
        """Whether nothing here stops a deployment."""
        clean = not self.findings and not self.unknown
        return clean and self.snapshot == "match" and self.addresses == "kept"


class Report(_Record):
    """The whole judgement."""

    environments: dict[str, EnvironmentReport]

    @computed_field  # type: ignore[prop-decorator]  # pydantic's documented order, which mypy can't follow
    @property
    def verdict(self) -> Verdict:
        """`violated` when anything in any environment stops a deployment."""
        return "pass" if all(each.holds for each in self.environments.values()) else "violated"

    def to_json(self) -> str:
        """The report as one JSON document, as `report.schema.json` describes it."""
        return self.model_dump_json(indent=2) + "\n"
