"""Exceptions to the rules: who accepts a finding, why, under which ticket, and until when."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, field_validator

from arqctl.core.errors import InputError, Problem
from arqctl.gate.places import shown
from arqctl.gate.report import Finding, Waived

RULE = "ARQ_WAIVER"
LONGEST = timedelta(days=366)
UNWAIVABLE = frozenset({RULE, "ARQ_ADDRESS", "ARQ_STACK"})
"""A lapsed waiver, a lost address and an unreadable stack are mended, not accepted."""

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Waiver(BaseModel):
    """One accepted exception. `path` is a glob over construct paths, in which `*` crosses `/`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: _Text
    environment: _Text
    path: _Text
    owner: _Text
    reason: _Text
    ticket: _Text
    expires: date

    @field_validator("rule")
    @classmethod
    def _waivable(cls, rule: str) -> str:
        if rule in UNWAIVABLE:
            raise ValueError("this is mended where it stands, it can't be waived")
        return rule

    def covers(self, environment: str, finding: Finding) -> bool:
        """Whether this waiver is about the finding, lapsed or not."""
        return (
            self.environment == environment
            and self.rule == finding.rule
            and fnmatchcase(finding.path, self.path)
        )

    def __str__(self) -> str:
        return f"{self.rule} on {self.path} ({self.owner}, {self.ticket})"


@dataclass(frozen=True)
class Waivers:
    """The waivers in force on one day. An expired one accepts nothing."""

    entries: tuple[Waiver, ...]
    today: date
    file: Path

    def accepting(self, environment: str, finding: Finding) -> Waiver | None:
        """The waiver that accepts a finding: of several, the one that lasts longest."""
        valid = [w for w in self.entries if w.expires >= self.today and w.covers(environment, finding)]
        return max(valid, key=lambda waiver: waiver.expires, default=None)

    def waived(self, finding: Finding, waiver: Waiver, *, undecided: bool) -> Waived:
        """The finding as the report shows it, with who accepted it."""
        return Waived(
            **finding.model_dump(),
            owner=waiver.owner,
            reason=waiver.reason,
            ticket=waiver.ticket,
            expires=waiver.expires,
            days_left=(waiver.expires - self.today).days,
            undecided=undecided,
        )

    def lapsed(self, environment: str, found: Iterable[Finding]) -> tuple[Finding, ...]:
        """A finding for each waiver of an environment that has expired, or that matches nothing any more."""
        findings = list(found)
        lapsed = []
        for waiver in self.entries:
            if waiver.environment != environment:
                continue
            if waiver.expires < self.today:
                lapsed.append(
                    self._about(waiver, f"expired on {waiver.expires}: mend the finding, or decide anew")
                )
            elif not any(waiver.covers(environment, finding) for finding in findings):
                lapsed.append(self._about(waiver, "matches no finding any more: delete it"))
        return tuple(lapsed)

    def _about(self, waiver: Waiver, what: str) -> Finding:
        return Finding(
            rule=RULE,
            severity="HIGH",
            address="",
            path=waiver.path,
            message=f"The waiver of {waiver} {what}",
            stack="",
            file=shown(self.file),
        )


def load_waivers(file: Path, today: date) -> Waivers:
    """Read a waivers file; a project without one has none.

    Raises:
        InputError: with every wrong entry at once: unknown or missing keys, empty texts, dates that are no
            dates or more than a year away.
    """
    if not file.is_file():
        return Waivers((), today, file)
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError([Problem(shown(file), f"is not TOML: {error}", "Correct it")]) from error
    tables = document.pop("waiver", [])
    problems = [
        Problem(f"{shown(file)} {key}", "is unknown", "A waivers file holds [[waiver]] tables only")
        for key in document
    ]
    if not isinstance(tables, list):
        fix = "Write [[waiver]], with two brackets"
        raise InputError([*problems, Problem(f"{shown(file)} waiver", "must be a list of tables", fix)])
    entries: list[Waiver] = []
    for number, table in enumerate(tables, start=1):
        where = f"{shown(file)} waiver {number}"
        try:
            waiver = Waiver.model_validate(table)
        except ValidationError as error:
            problems += [_problem(where, each["loc"], each["msg"], each["input"]) for each in error.errors()]
            continue
        if waiver.expires - today > LONGEST:
            what = f"expires {waiver.expires}, more than {LONGEST.days} days away"
            problems.append(Problem(f"{where} ({waiver.rule}) expires", what, "Choose an earlier day"))
        entries.append(waiver)
    if problems:
        raise InputError(problems)
    return Waivers(tuple(entries), today, file)


def _problem(where: str, loc: tuple[int | str, ...], message: str, got: Any) -> Problem:  # noqa: ANN401 - pydantic's
    field = ".".join(str(part) for part in loc)
    shown = "" if message == "Field required" or isinstance(got, dict) else f", got {got!r}"
    fix = "Every waiver has rule, environment, path, owner, reason, ticket and expires (a date)"
    return Problem(f"{where} {field}".rstrip(), f"{message[:1].lower()}{message[1:]}{shown}", fix)
