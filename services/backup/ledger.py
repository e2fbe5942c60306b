"""Writes the ledger of a database: `python -m services.backup.ledger`, each day.

A ledger has the rows and checksums of all tables at one time. The validator compares restored databases with
it. All values are of one snapshot.
"""

import datetime as dt
import json
import os
import sys
from typing import TYPE_CHECKING, Final, TypedDict

import psycopg
from botocore.exceptions import BotoCoreError, ClientError

from services.backup.connection import AnyConnection, connect
from services.backup.settings import (
    DatabaseSettings,
    LedgerSettings,
    SettingsError,
    TableSettings,
    read_settings,
)
from services.backup.settled_keys import UnsettledError, find_settled_keys, read_oldest_transaction
from services.backup.snapshot import SnapshotError, snapshot
from services.backup.store import CERTIFICATES_KEY, Store
from services.backup.summaries import Summary, summarize
from services.backup.tables import Table, count_foreign_keys, list_tables, read_value

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMAT: Final = 1
_PREFIX: Final = "ledger/"
_NAME_FORMAT: Final = "%Y-%m-%dT%H%M%SZ"


class LedgerError(Exception):
    """The database has not what the settings name. The message has the fix."""


class Ledger(TypedDict):
    """All tables of a database at one time, with the rows of all transactions before `oldest_transaction`."""

    format: int
    database: str
    taken_at: str
    oldest_transaction: int
    lsn: str
    migration_table: str
    migration_head: str
    tables: "list[Summary]"
    foreign_keys: int


def take_ledger(database: DatabaseSettings, settings: TableSettings) -> Ledger:
    """Read all tables in one snapshot.

    Raises:
        LedgerError: if a table of the settings is missing, or has not one key of whole numbers.
        SnapshotError: if the database can't be read in the time of a snapshot.
        UnsettledError: if a transaction is active for too long.
    """
    with connect(database) as connection:
        append_only = _find_append_only(list_tables(connection), settings)
        settled = find_settled_keys(connection, append_only)
    with snapshot(database) as session:
        connection = session.connection
        # The first statement takes the snapshot. So no value is of a later time than `taken_at`.
        head = _read_migration_head(connection, settings.migration_table)
        return Ledger(
            format=FORMAT,
            database=database.name,
            taken_at=_read_time(connection).isoformat(),
            oldest_transaction=read_oldest_transaction(connection),
            lsn=str(read_value(connection, "SELECT pg_current_wal_lsn()::text")),
            migration_table=settings.migration_table,
            migration_head=head,
            tables=[
                summarize(connection, each, settled_key=settled.get(each.name))
                for each in list_tables(connection)
            ],
            foreign_keys=count_foreign_keys(connection),
        )


def _find_append_only(tables: "Sequence[Table]", settings: TableSettings) -> list[Table]:
    by_name = {f"{each.schema}.{each.table}": each for each in tables}
    names = {*settings.append_only, settings.migration_table}
    if missing := sorted(names - by_name.keys()):
        raise LedgerError(
            f"{', '.join(missing)}: no such table. Correct APPEND_ONLY_TABLES or MIGRATION_TABLE"
        )
    if wrong := sorted(name for name in names if len(by_name[name].key) != 1):
        raise LedgerError(
            f"{', '.join(wrong)}: the primary key must be one column. Remove it from APPEND_ONLY_TABLES"
        )
    return [by_name[name] for name in sorted(names)]


def _read_migration_head(connection: AnyConnection, table: str) -> str:
    # The settings accept plain names only.
    head = read_value(connection, f"SELECT max(name) FROM {table}")  # noqa: S608
    if head is None:
        raise LedgerError(f"{table} has no rows. Apply the migrations first")
    return str(head)


def _read_time(connection: AnyConnection) -> dt.datetime:
    """Return the server's time, as a whole second that is not earlier."""
    seconds = read_value(connection, "SELECT ceil(extract(epoch FROM clock_timestamp()))::bigint")
    return dt.datetime.fromtimestamp(int(str(seconds)), dt.UTC)


def main() -> int:
    """Write the ledger, and the certificates of RDS. Return 2 for invalid settings, and 1 for a failure."""
    try:
        settings = read_settings(LedgerSettings, os.environ)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        ledger = take_ledger(settings.database, settings.tables)
        key = f"{_PREFIX}{dt.datetime.fromisoformat(ledger['taken_at']):{_NAME_FORMAT}}.json"
        store = Store(settings.store)
        store.put(CERTIFICATES_KEY, settings.database.ca_file.read_bytes())
        store.put(key, json.dumps(ledger, separators=(",", ":")).encode())
    except (
        LedgerError,
        SnapshotError,
        UnsettledError,
        OSError,
        psycopg.Error,
        BotoCoreError,
        ClientError,
    ) as error:
        print(f"The ledger failed: {error}", file=sys.stderr)
        return 1
    rows = sum(each["rows"] for each in ledger["tables"])
    print(f"wrote {key}: {len(ledger['tables'])} tables with {rows} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
