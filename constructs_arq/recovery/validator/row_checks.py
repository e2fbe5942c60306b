"""Compares the number of rows with the ledgers before the recovery point."""

import datetime as dt
from collections.abc import Iterator, Sequence

from constructs_arq.recovery.validator.checks import Finding, OutOfTimeError
from constructs_arq.recovery.validator.database import Database
from constructs_arq.recovery.validator.kept_rows import read_history
from constructs_arq.recovery.validator.ledger_document import Ledger, Table
from constructs_arq.recovery.validator.row_bounds import Bounds, bound_rows
from constructs_arq.recovery.validator.schema_checks import shorten
from constructs_arq.recovery.validator.table_size import ESTIMATE_SHARE, Count, count_rows


def check_rows(
    database: Database, found: frozenset[str], ledgers: Sequence[Ledger], recovery_point: dt.datetime
) -> Finding:
    """Count the rows of each table. Larger ones than 4 GiB, or slow ones, are estimated."""
    problems, estimated, unbounded, unread, unknown = [], [], [], [], []
    tables = [each for each in ledgers[0].tables if each.name in found]
    for number, table in enumerate(tables):
        bounds = _bound(table, ledgers, recovery_point)
        if bounds == Bounds(0, None):
            unbounded.append(table.name)
            continue
        try:
            with database.limited(len(tables) - number):
                count = count_rows(database, table.name)
        except OutOfTimeError:
            unread.append(table.name)
            continue
        if count is None:
            unknown.append(table.name)
            continue
        if count.margin or table.is_estimate:
            estimated.append(table.name)
        problems += _compare(table, count, bounds)
    problems += _describe_unread(unread, unknown)
    notes = [f"{len(tables) - len(unbounded)} tables have the expected number of rows"]
    if unbounded:
        notes.append(f"may have any number: {', '.join(unbounded)}")
    if estimated:
        notes.append(f"estimated: {', '.join(estimated)}")
    return Finding("; ".join(notes), problems)


def _compare(table: Table, count: Count, bounds: Bounds) -> list[str]:
    too_many = bounds.most is not None and count.rows - count.margin > bounds.most
    if count.rows + count.margin >= bounds.fewest and not too_many:
        return []
    most = "any number" if bounds.most is None else bounds.most
    return [
        f"{table.name} has {count.rows} rows, and must have from {bounds.fewest} to {most}: "
        f"the ledger has {table.rows}"
    ]


def _describe_unread(unread: list[str], unknown: list[str]) -> list[str]:
    problems = [f"there was no time for: {shorten(unread)}"] if unread else []
    if unknown:
        problems.append(
            f"nobody knows the rows of {shorten(unknown)}: there was no time to count them, and no estimate. "
            "Run ANALYZE in the database, and back it up again"
        )
    return problems


def _bound(table: Table, ledgers: Sequence[Ledger], recovery_point: dt.datetime) -> Bounds:
    is_append_only = table.key_range is not None
    if not is_append_only and read_history(table.name, ledgers).is_volatile:
        return Bounds(0, None)
    bounds = bound_rows(
        list(_read_counts(table.name, ledgers)), recovery_point=recovery_point, append_only=is_append_only
    )
    margin = int(table.rows * ESTIMATE_SHARE) if table.is_estimate else 0
    return Bounds(max(0, bounds.fewest - margin), None if bounds.most is None else bounds.most + margin)


def _read_counts(name: str, ledgers: Sequence[Ledger]) -> Iterator[tuple[dt.datetime, int]]:
    for ledger in ledgers:
        for table in ledger.tables:
            if table.name == name:
                yield ledger.taken_at, table.rows
