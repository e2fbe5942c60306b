"""How long AWS supports each major version of PostgreSQL, from which upgrades are planned."""

from datetime import UTC, date, datetime
from typing import Annotated

from cdktf import Annotations
from constructs import Construct
from pydantic import AfterValidator

from constructs_arq.core.config import validation_error

# The last day of RDS standard support. Checked 2026-11-23.
# https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
POSTGRES_SUPPORT_ENDS = {
    "13": date(2026, 2, 28),
    "14": date(2027, 2, 28),
    "15": date(2028, 2, 29),
    "16": date(2029, 2, 28),
    "17": date(2030, 2, 28),
    "18": date(2031, 2, 28),
}

# A major upgrade of a database wants a rehearsal, a date that suits everyone, and a second try.
_NEAR_DAYS = 180


def today() -> date:
    """Give the date in UTC."""
    return datetime.now(UTC).date()


def _supported_postgres(version: str) -> str:
    newest = max(POSTGRES_SUPPORT_ENDS, key=int)
    end = POSTGRES_SUPPORT_ENDS.get(version)
    if end is None:
        known = ", ".join(sorted(POSTGRES_SUPPORT_ENDS, key=int))
        raise validation_error(
            f"must be a major version that is known: {known}", fix=f'Use version="{newest}".'
        )
    if end < today():
        raise validation_error(
            f"must be a version in standard support, which ended for this one on {end}",
            fix=f'Use version="{newest}"; docs/database.md says how to upgrade.',
        )
    return version


PostgresVersion = Annotated[str, AfterValidator(_supported_postgres)]


def warn_of_end(construct: Construct, version: str) -> None:
    """Have synthesis warn when support of a version ends within half a year."""
    end = POSTGRES_SUPPORT_ENDS[version]
    days = (end - today()).days
    if days <= _NEAR_DAYS:
        Annotations.of(construct).add_warning(
            f"PostgreSQL {version} leaves standard support in {days} days, on {end}. Plan its upgrade: "
            "docs/database.md says how."
        )
