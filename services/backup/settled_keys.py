"""The largest keys of append-only tables below which no transaction can add a row."""

import time
from collections.abc import Callable, Mapping, Sequence

from psycopg import sql

from services.backup.connection import AnyConnection
from services.backup.tables import Table

# A transaction that had a key, and no row yet, is in the next snapshot.
_SECONDS_FOR_FIRST_ROW = 1.0
_SECONDS_BETWEEN = 1.0
_MOST_SECONDS = 300.0

# A new number: all transactions that have one have a smaller one. The end of a snapshot would not do: it
# is the number after the last transaction that ended.
_NEXT = "SELECT pg_current_xact_id()::text::bigint"
_OLDEST = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


class UnsettledError(Exception):
    """A transaction is active for too long, so nobody knows which keys it adds."""


def find_settled_keys(
    connection: AnyConnection, tables: Sequence[Table], *, sleep: Callable[[float], None] = time.sleep
) -> Mapping[str, int]:
    """Return the largest key of each table that has rows, by the table's name.

    A sequence gives out keys before commits, so a smaller key can appear after a larger one. So this waits
    until each transaction that was active when the keys were read has ended. The caller reads the rows
    afterwards, in a new snapshot. The connection must have no open transaction.

    Raises:
        UnsettledError: if one of them is still active after five minutes.
    """
    keys = {each.name: _read_largest_key(connection, each) for each in tables}
    sleep(_SECONDS_FOR_FIRST_ROW)
    boundary = _read_number(connection, _NEXT)
    waited = 0.0
    while read_oldest_transaction(connection) < boundary:
        if waited >= _MOST_SECONDS:
            raise UnsettledError(
                f"a transaction is active since more than {_MOST_SECONDS:.0f} seconds: end it, "
                "or run the ledger again later"
            )
        sleep(_SECONDS_BETWEEN)
        waited += _SECONDS_BETWEEN
    return {name: key for name, key in keys.items() if key is not None}


def read_oldest_transaction(connection: AnyConnection) -> int:
    """Return the smallest number of the transactions that are active in the present snapshot."""
    return _read_number(connection, _OLDEST)


def _read_largest_key(connection: AnyConnection, table: Table) -> int | None:
    statement = sql.SQL("SELECT max({})::bigint FROM {}").format(
        sql.Identifier(table.key[0]), table.identifier
    )
    row = connection.execute(statement).fetchone()
    return None if row is None or row[0] is None else int(str(row[0]))


def _read_number(connection: AnyConnection, statement: str) -> int:
    row = connection.execute(statement.encode()).fetchone()
    return int(str(row[0])) if row else 0
