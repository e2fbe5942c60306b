"""Totals the entries of a day: `python -m services.api.settlement`, each night.

It logs in as the user `settlement`. A second run for the same day replaces the totals of the first.
"""

import datetime as dt
import os
import sys

import psycopg

from services.api.database import connect
from services.api.error_reports import error_reports, report_error
from services.api.settings import JobSettings, SettingsError, read_job_settings

_SETTLE = """
INSERT INTO api.settlements (day, currency, entries, amount_minor)
SELECT %(day)s, accounts.currency, count(*), sum(entries.amount_minor)
FROM api.entries JOIN api.accounts ON accounts.id = entries.account_id
WHERE booked_at >= %(start)s AND booked_at < %(end)s
GROUP BY accounts.currency
ON CONFLICT (day, currency) DO UPDATE
SET entries = excluded.entries, amount_minor = excluded.amount_minor, settled_at = now()
"""


def settle_day(connection: psycopg.Connection[tuple[object, ...]], day: dt.date) -> int:
    """Write the totals of a day in UTC, one for each currency, and return their number."""
    start = dt.datetime.combine(day, dt.time.min, dt.UTC)
    values = {"day": day, "start": start, "end": start + dt.timedelta(days=1)}
    return connection.execute(_SETTLE, values).rowcount


def main() -> int:
    """Settle yesterday. Return 2 if the settings are invalid, and 1 if the database refuses."""
    try:
        settings = read_job_settings(os.environ)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    with error_reports(settings.service, program="settlement"):
        return _settle_yesterday(settings)


def _settle_yesterday(settings: JobSettings) -> int:
    yesterday = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    try:
        with connect(settings.database) as connection:
            totals = settle_day(connection, yesterday)
    except (OSError, psycopg.Error) as error:
        print(f"The settlement of {yesterday} failed: {error}", file=sys.stderr)
        report_error(error)
        return 1
    print(f"settled {yesterday}: {totals} currencies")
    return 0


if __name__ == "__main__":
    sys.exit(main())
