"""Today, for the rules that judge by date; one place, so that tests can stop it."""

from datetime import UTC, date, datetime


def today() -> date:
    """Return the current date in UTC."""
    return datetime.now(UTC).date()
