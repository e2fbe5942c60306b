"""Summaries of tables: rows, checksums, and samples.

A checksum is the sum of a hash of each row, so the order of rows doesn't matter.
"""

from typing import Final, NamedTuple, TypedDict

from psycopg import sql

from services.backup.connection import AnyConnection
from services.backup.tables import Table

# Larger tables are estimated, and compared in parts: the validator has 15 minutes on a cold volume.
FULL_READ_BYTES: Final = 4 * 1024**3
_SAMPLES: Final = 100
_SEGMENTS: Final = 32
_KEYS_OF_SEGMENT: Final = 10_000
_SMALLEST_KEY: Final = -(2**63)
# A table that was never analyzed has -1 rows, and no number of pages: then the estimate is NULL.
# https://www.postgresql.org/docs/current/catalog-pg-class.html
_ESTIMATE: Final = """
SELECT CASE WHEN reltuples >= 0 AND relpages > 0 THEN
    (reltuples / relpages * (pg_relation_size(oid) / current_setting('block_size')::integer))::bigint END
FROM pg_class WHERE oid = to_regclass(%s)
"""


class Segment(TypedDict):
    """Rows of an append-only table with keys from `first` to `last`, both included."""

    first: int
    last: int
    rows: int
    checksum: str


class KeyRange(TypedDict):
    """The settled rows of an append-only table: those with keys up to `through`."""

    column: str
    through: int
    segments: list[Segment]


class Sample(TypedDict):
    """A row: the values of its key, the transaction that wrote it, and a hash of its values."""

    key: list[str]
    version: str
    digest: str


class Summary(TypedDict):
    """A table. If it is large, `rows` is an estimate, and `checksum` is None."""

    name: str
    rows: int
    is_estimate: bool
    bytes: int
    columns: list[str]
    checksum: str | None
    key: list[str]
    key_range: KeyRange | None
    samples: list[Sample]


class _Size(NamedTuple):
    rows: int
    checksum: str | None
    is_estimate: bool = False


def summarize(
    connection: AnyConnection,
    table: Table,
    *,
    settled_key: int | None,
    full_read_bytes: int = FULL_READ_BYTES,
) -> Summary:
    """Return the summary of a table in the present snapshot. `settled_key` is for an append-only table."""
    is_large = table.bytes > full_read_bytes
    size = _read_large_size(connection, table) if is_large else _Size(*read_checksum(connection, table))
    key_range = None
    if settled_key is not None:
        bounds = _bounds_of_parts(settled_key) if is_large else [(_SMALLEST_KEY, settled_key)]
        segments = [_read_segment(connection, table, first, last) for first, last in bounds]
        key_range = KeyRange(column=table.key[0], through=settled_key, segments=segments)
    return Summary(
        name=table.name,
        rows=size.rows,
        is_estimate=size.is_estimate,
        bytes=table.bytes,
        columns=list(table.columns),
        checksum=size.checksum,
        key=list(table.key),
        key_range=key_range,
        samples=_read_samples(connection, table, is_large=is_large) if table.key else [],
    )


def read_checksum(connection: AnyConnection, table: Table) -> tuple[int, str]:
    """Return the number of rows, and the sum of their hashes."""
    return _read_pair(
        connection,
        sql.SQL("SELECT count(*), coalesce(sum({}), 0)::text FROM {} t").format(
            table.row_hash, table.identifier
        ),
    )


def _read_large_size(connection: AnyConnection, table: Table) -> _Size:
    """Return PostgreSQL's estimate, or the number of rows if it has none."""
    row = connection.execute(_ESTIMATE, [table.name]).fetchone()
    if row and row[0] is not None:
        return _Size(int(str(row[0])), None, is_estimate=True)
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(table.identifier)).fetchone()
    return _Size(int(str(row[0])) if row else 0, None)


def _bounds_of_parts(settled_key: int) -> list[tuple[int, int]]:
    """Return 32 ranges of 10,000 keys, at equal distances, the last one up to the settled key."""
    step = max(_KEYS_OF_SEGMENT, settled_key // _SEGMENTS)
    ends = [settled_key - step * number for number in range(_SEGMENTS)]
    return [(end - _KEYS_OF_SEGMENT + 1, end) for end in reversed(ends) if end > 0]


def _read_segment(connection: AnyConnection, table: Table, first: int, last: int) -> Segment:
    statement = sql.SQL("SELECT count(*), coalesce(sum({}), 0)::text FROM {} t WHERE t.{} BETWEEN {} AND {}")
    rows, checksum = _read_pair(
        connection,
        statement.format(table.row_hash, table.identifier, sql.Identifier(table.key[0]), first, last),
    )
    return Segment(first=first, last=last, rows=rows, checksum=checksum)


def _read_samples(connection: AnyConnection, table: Table, *, is_large: bool) -> list[Sample]:
    """Return 100 rows: those with the smallest hashes of their keys, so that they are spread evenly."""
    key = sql.SQL(", ").join(sql.SQL("t.{}::text").format(sql.Identifier(each)) for each in table.key)
    statement = sql.SQL(
        "SELECT ARRAY[{key}], t.xmin::text, {row}::text FROM {table} t {part} "
        "ORDER BY hashtextextended(ROW({key})::text, 1) LIMIT {limit}"
    ).format(
        key=key,
        row=table.row_hash,
        table=table.identifier,
        part=sql.SQL("TABLESAMPLE SYSTEM (0.1) REPEATABLE (1)" if is_large else ""),
        limit=_SAMPLES,
    )
    return [
        Sample(key=_texts(values), version=str(version), digest=str(digest))
        for values, version, digest in connection.execute(statement).fetchall()
    ]


def _read_pair(connection: AnyConnection, statement: sql.Composed) -> tuple[int, str]:
    row = connection.execute(statement).fetchone()
    return (int(str(row[0])), str(row[1])) if row else (0, "0")


def _texts(values: object) -> list[str]:
    return [str(each) for each in values] if isinstance(values, list) else []
