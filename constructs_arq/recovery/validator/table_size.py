"""The number of rows of a table: counted, or estimated by PostgreSQL."""

from dataclasses import dataclass
from typing import Final

from constructs_arq.recovery.validator.checks import OutOfTimeError
from constructs_arq.recovery.validator.database import Database

# A restored volume loads its blocks when they are first read, so a scan of more would take minutes.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RestoreFromSnapshot.html
FULL_READ_BYTES: Final = 4 * 1024**3
# PostgreSQL's estimate can differ from the number of rows by this share.
ESTIMATE_SHARE: Final = 0.1

_SIZE: Final = "SELECT pg_relation_size(to_regclass(:name))"
# A table that was never analyzed has -1 rows, and no number of pages. NULL: nobody knows the rows.
# https://www.postgresql.org/docs/current/catalog-pg-class.html
_ESTIMATE: Final = """
SELECT CASE WHEN reltuples >= 0 AND relpages > 0 THEN
    (reltuples / relpages * (pg_relation_size(oid) / current_setting('block_size')::integer))::bigint END
FROM pg_class WHERE oid = to_regclass(:name)
"""
# The estimate is fast: an attempt to count leaves this share of the time for it.
_SHARE_FOR_COUNT: Final = 0.8


@dataclass(frozen=True)
class Count:
    """A number of rows, or an estimate that can differ by `margin`."""

    rows: int
    margin: int


def count_rows(database: Database, name: str) -> Count | None:
    """Count the rows of a table, or estimate them if it is large or slow. None: it can't be estimated.

    Raises:
        OutOfTimeError: if there is no time for the estimate.
    """
    seconds = _SHARE_FOR_COUNT * database.seconds_left()
    if int(str(database.value(_SIZE, name=name))) <= FULL_READ_BYTES:
        try:
            return _count(database, name, seconds)
        except OutOfTimeError:
            return _estimate(database, name)
    estimate = _estimate(database, name)
    if estimate is not None:
        return estimate
    try:
        return _count(database, name, seconds)
    except OutOfTimeError:
        return None


def _count(database: Database, name: str, seconds: float) -> Count:
    rows = database.rows(f"SELECT count(*) FROM {name}", most_seconds=seconds)  # noqa: S608 - of PostgreSQL
    return Count(int(str(rows[0][0])), 0)


def _estimate(database: Database, name: str) -> Count | None:
    estimate = database.value(_ESTIMATE, name=name)
    if estimate is None:
        return None
    rows = int(str(estimate))
    return Count(rows, max(1, int(rows * ESTIMATE_SHARE)))
