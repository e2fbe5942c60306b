"""Compares the checksums of whole tables with a ledger.

A table is unchanged if no transaction after the ledger has written one of its rows, and it has as many rows.
Then it has the checksum of the ledger. Other tables can't be compared in this way. The segments of
append-only tables can always be, so such tables are not read again.
"""

from typing import Final

from constructs_arq.recovery.validator.checks import Finding, OutOfTimeError
from constructs_arq.recovery.validator.database import Database
from constructs_arq.recovery.validator.ledger_document import Ledger, Table
from constructs_arq.recovery.validator.row_comparison import has_columns, read_columns, row_hash
from constructs_arq.recovery.validator.schema_checks import shorten

_NEXT: Final = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
# A row has the last 32 bits of the number of its transaction.
_LAST_BITS: Final = 2**32 - 1


def check_checksums(database: Database, found: frozenset[str], ledger: Ledger) -> Finding:
    """Compare the checksum of each table of up to 4 GiB that nobody has changed after the ledger."""
    tables = [
        each
        for each in ledger.tables
        if each.name in found and each.checksum is not None and each.key_range is None
    ]
    following = int(str(database.value(_NEXT)))
    problems, equal, changed, unread = [], [], [], []
    for number, table in enumerate(tables):
        try:
            with database.limited(len(tables) - number):
                checksum = _read_checksum(database, table, ledger.oldest_transaction, following)
        except OutOfTimeError:
            unread.append(table.name)
            continue
        if checksum is None:
            changed.append(table.name)
        elif checksum == table.checksum:
            equal.append(table.name)
        else:
            problems.append(f"nobody has changed {table.name}, and it has other values than the ledger")
    if unread and not equal:
        problems.append(f"there was no time for: {shorten(unread)}")
    notes = [f"{len(equal)} tables are equal"]
    if changed:
        notes.append(f"changed after the ledger: {', '.join(changed)}")
    if unread:
        notes.append(f"no time for: {', '.join(unread)}")
    return Finding("; ".join(notes), problems)


def _read_checksum(database: Database, table: Table, oldest: int, following: int) -> str | None:
    """Return the sum of the hashes of all rows, or None if a transaction from `oldest` on changed them."""
    columns = read_columns(database, table)
    if not has_columns(table, columns):
        return None
    age = f"((CAST(:following AS bigint) - t.xmin::text::bigint) & {_LAST_BITS})"
    ((rows, later, checksum),) = database.rows(
        f"SELECT count(*), count(*) FILTER (WHERE {age} <= CAST(:most AS bigint)), "  # noqa: S608
        f"coalesce(sum({row_hash(table, columns)}), 0)::text FROM {table.name} t",
        following=following,
        most=following - oldest,
    )
    return None if later or rows != table.rows else str(checksum)
