"""Compares the number of rows with the ledgers before the recovery point."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from constructs_arq.recovery.validator.checks import Finding, OutOfTimeError
from constructs_arq.recovery.validator.database import Database
from constructs_arq.recovery.validator.ledger_document import Ledger, Table
from constructs_arq.recovery.validator.row_bounds import bound_rows

# A restored volume loads its blocks when they are first read, so a scan of more would take minutes.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RestoreFromSnapshot.html
FULL_READ_BYTES: Final = 4 * 1024**3
_SECONDS_TO_COUNT: Final = 180
# PostgreSQL's estimate can differ from the number of rows by this share.
_ESTIMATE_SHARE: Final = 0.1

_SIZE: Final = "SELECT pg_relation_size(CAST(:name AS regclass))"
_ESTIMATE: Final = "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = CAST(:name AS regclass)"


@dataclass(frozen=True)
class _Count:
    rows: int
    margin: int


def check_rows(
    database: Database, found: frozenset[str], ledgers: Sequence[Ledger], recovery_point: dt.datetime
) -> Finding:
    """Count the rows of each table. Larger ones than 4 GiB, or slow ones, are estimated."""
    problems, estimated, counted = [], [], 0
    for table in ledgers[0].tables:
        if table.name not in found:
            continue
        count = _count(database, table)
        bounds = bound_rows(
            list(_history(table.name, ledgers)),
            recovery_point=recovery_point,
            append_only=table.key_range is not None,
        )
        if count.margin:
            estimated.append(table.name)
        counted += 1
        too_many = bounds.most is not None and count.rows - count.margin > bounds.most
        if count.rows + count.margin < bounds.fewest or too_many:
            most = "any number" if bounds.most is None else bounds.most
            problems.append(
                f"{table.name} has {count.rows} rows, and must have from {bounds.fewest} to {most}: "
                f"the ledger has {table.rows}"
            )
    detail = f"{counted} tables have the expected number of rows"
    return Finding(f"{detail}; estimated: {', '.join(estimated)}" if estimated else detail, problems)


def _count(database: Database, table: Table) -> _Count:
    if int(str(database.value(_SIZE, name=table.name))) <= FULL_READ_BYTES:
        try:
            rows = database.rows(f"SELECT count(*) FROM {table.name}", most_seconds=_SECONDS_TO_COUNT)  # noqa: S608
            return _Count(int(str(rows[0][0])), 0)
        except OutOfTimeError:
            pass
    estimate = int(str(database.value(_ESTIMATE, name=table.name)))
    return _Count(estimate, max(1, int(estimate * _ESTIMATE_SHARE)))


def _history(name: str, ledgers: Sequence[Ledger]) -> Iterator[tuple[dt.datetime, int]]:
    for ledger in ledgers:
        for table in ledger.tables:
            if table.name == name:
                yield ledger.taken_at, table.rows
