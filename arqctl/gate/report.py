"""The gate's report: findings, waivers, snapshots, and one verdict. report.schema.json describes its JSON."""

from datetime import date
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, computed_field

from arqctl.core.sanitize import sanitize

Severity: TypeAlias = Literal["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO"]
Verdict: TypeAlias = Literal["pass", "fail"]
SnapshotState: TypeAlias = Literal["match", "differs", "missing"]
AddressState: TypeAlias = Literal["match", "lost"]

EVALUATED_ARGUMENTS = " (evaluated "
"""Start of the list of evaluated arguments, after the rule's name in a finding's message."""

SEVERITIES: tuple[Severity, ...] = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO")
"""From most to least severe."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_serialization_defaults_required=True)


Printable: TypeAlias = Annotated[str, AfterValidator(sanitize)]
"""A text that a terminal, XML and UTF-8 can hold: findings quote values of stacks, which are untrusted."""


class SourceLocation(_Record):
    """A line of Python. The file is relative to the project's folder."""

    file: Printable = Field(min_length=1)
    line: int = Field(ge=1)


class Finding(_Record):
    """A rule that failed on a block, or that could not be decided if it is in `unknown`.

    `file` is the file to edit if that isn't the construct's code: an address list or the waivers.
    """

    rule: str
    severity: Severity
    address: Printable
    path: Printable
    message: Printable
    stack: str
    link: str | None = None
    file: str | None = None


class WaivedFinding(Finding):
    """A finding with its waiver: owner, reason, ticket and expiry. `unknown` marks a waived unknown value."""

    owner: Printable
    reason: Printable
    ticket: Printable
    expires: date
    days_left: int
    unknown: bool = False


class SnapshotChange(_Record):
    """An address that differs from the committed snapshot, with its differing arguments."""

    address: Printable
    change: Literal["added", "removed", "changed"]
    arguments: tuple[Printable, ...] = ()
    stack: str


class AppWarning(_Record):
    """A warning annotation of the app, such as a version whose support ends soon."""

    path: Printable
    message: Printable


class EnvironmentReport(_Record):
    """The gate's results for all stacks of one environment. `waivers` counts those that cover a finding.

    `sources` maps construct paths of findings, and STACK/ADDRESS of snapshot changes, to source locations:
    the project's first, then the library's if it is part of the project. It is empty if the app records none.
    """

    stacks: tuple[str, ...]
    resources: int
    passed: int
    rules: int
    findings: tuple[Finding, ...]
    unknown: tuple[Finding, ...]
    waivers: int
    waived: tuple[WaivedFinding, ...]
    snapshot: SnapshotState
    snapshot_changes: tuple[SnapshotChange, ...]
    addresses: AddressState
    warnings: tuple[AppWarning, ...] = ()
    sources: dict[Printable, tuple[SourceLocation, ...]] = {}

    @property
    def passes(self) -> bool:
        """Whether nothing blocks a deployment of this environment."""
        clean = not self.findings and not self.unknown
        return clean and self.snapshot == "match" and self.addresses == "match"


class _Versioned(BaseModel):
    version: Literal[1]


class Report(_Record):
    """The report on all evaluated environments. `version` is the version of this format."""

    version: Literal[1] = 1
    environments: dict[str, EnvironmentReport]

    @computed_field  # type: ignore[prop-decorator]  # pydantic's documented order, which mypy can't follow
    @property
    def verdict(self) -> Verdict:
        """`fail` if anything blocks a deployment of any environment."""
        return "pass" if all(each.passes for each in self.environments.values()) else "fail"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Parse the output of `to_json`, and ignore fields that a newer arqctl added to this version.

        Raises:
            ValidationError: if the text is not a report of this version.
        """
        _Versioned.model_validate_json(text)
        return cls.model_validate_json(text, extra="ignore")

    def to_json(self) -> str:
        """Return the report as a JSON document, as `report.schema.json` describes it."""
        return self.model_dump_json(indent=2) + "\n"
