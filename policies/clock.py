"""The current date, in one place so that tests can fix it."""

from datetime import UTC, date, datetime


def today() -> date:
    """Return the current date in UTC."""
    return datetime.now(UTC).date()
