"""Waivers: accepted exceptions to rules, with owner, reason, ticket and expiry."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, field_validator

from arqctl.core.errors import InputError, Problem
from arqctl.gate.paths import display_path
from arqctl.gate.report import Finding, WaivedFinding

RULE = "ARQ_WAIVER"
MAX_TERM = timedelta(days=366)
NOT_WAIVABLE = frozenset({RULE, "ARQ_ADDRESS", "ARQ_STACK"})
"""Rules whose findings must be fixed: invalid waivers, lost addresses and unreadable stacks."""

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Waiver(BaseModel):
    """An accepted exception. `path` is a glob over construct paths; its `*` matches `/` too."""

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
        if rule in NOT_WAIVABLE:
            raise ValueError("cannot be waived, only fixed")
        return rule

    def covers(self, environment: str, finding: Finding) -> bool:
        """Return whether this waiver matches the finding, expired or not."""
        return (
            self.environment == environment
            and self.rule == finding.rule
            and fnmatchcase(finding.path, self.path)
        )

    def __str__(self) -> str:
        return f"{self.rule} on {self.path} ({self.owner}, {self.ticket})"


@dataclass(frozen=True)
class Waivers:
    """The waivers, and the date that their expiry is compared with."""

    entries: tuple[Waiver, ...]
    today: date
    file: Path

    def waiver_for(self, environment: str, finding: Finding) -> Waiver | None:
        """Return the unexpired waiver of a finding; of several, the one that expires last."""
        valid = [w for w in self.entries if w.expires >= self.today and w.covers(environment, finding)]
        return max(valid, key=lambda waiver: waiver.expires, default=None)

    def waived(self, finding: Finding, waiver: Waiver, *, is_unknown: bool) -> WaivedFinding:
        """Return the finding with the data of its waiver."""
        return WaivedFinding(
            **finding.model_dump(),
            owner=waiver.owner,
            reason=waiver.reason,
            ticket=waiver.ticket,
            expires=waiver.expires,
            days_left=(waiver.expires - self.today).days,
            unknown=is_unknown,
        )

    def invalid_waivers(self, environment: str, found: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return a finding for each waiver of an environment that expired or matches no finding."""
        findings = list(found)
        invalid = []
        for waiver in self.entries:
            if waiver.environment != environment:
                continue
            if waiver.expires < self.today:
                what = f"expired on {waiver.expires}: fix the finding, or renew the waiver"
                invalid.append(self._finding(waiver, what))
            elif not any(waiver.covers(environment, finding) for finding in findings):
                invalid.append(self._finding(waiver, "matches no finding: delete it"))
        return tuple(invalid)

    def _finding(self, waiver: Waiver, what: str) -> Finding:
        return Finding(
            rule=RULE,
            severity="HIGH",
            address="",
            path=waiver.path,
            message=f"The waiver of {waiver} {what}",
            stack="",
            file=display_path(self.file),
        )


def load_waivers(file: Path, today: date) -> Waivers:
    """Read a waivers file. A project without one has no waivers.

    Raises:
        InputError: with all invalid entries: unknown or missing keys, empty texts, invalid dates, and dates
            more than 366 days away.
    """
    if not file.is_file():
        return Waivers((), today, file)
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError([Problem(display_path(file), f"is not TOML: {error}", "Correct it")]) from error
    tables = document.pop("waiver", [])
    problems = [
        Problem(f"{display_path(file)} {key}", "is unknown", "A waivers file holds [[waiver]] tables only")
        for key in document
    ]
    if not isinstance(tables, list):
        fix = "Write [[waiver]], with two brackets"
        raise InputError(
            [*problems, Problem(f"{display_path(file)} waiver", "must be a list of tables", fix)]
        )
    entries: list[Waiver] = []
    for number, table in enumerate(tables, start=1):
        where = f"{display_path(file)} waiver {number}"
        try:
            waiver = Waiver.model_validate(table)
        except ValidationError as error:
            problems += [_problem(where, each["loc"], each["msg"], each["input"]) for each in error.errors()]
            continue
        if waiver.expires - today > MAX_TERM:
            what = f"expires {waiver.expires}, more than {MAX_TERM.days} days away"
            problems.append(Problem(f"{where} ({waiver.rule}) expires", what, "Choose an earlier day"))
        entries.append(waiver)
    if problems:
        raise InputError(problems)
    return Waivers(tuple(entries), today, file)


def _problem(where: str, loc: tuple[int | str, ...], message: str, got: Any) -> Problem:  # noqa: ANN401 - pydantic's
    field = ".".join(str(part) for part in loc)
    value = "" if message == "Field required" or isinstance(got, dict) else f", got {got!r}"
    fix = "Every waiver has rule, environment, path, owner, reason, ticket and expires (a date)"
    return Problem(f"{where} {field}".rstrip(), f"{message[:1].lower()}{message[1:]}{value}", fix)
