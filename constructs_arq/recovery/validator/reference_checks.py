"""Finds rows whose foreign key refers to no row."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

from constructs_arq.recovery.validator.checks import Finding, OutOfTimeError
from constructs_arq.recovery.validator.database import Database

_SAMPLED_ROWS: Final = 100_000
_FULL_READ_BYTES: Final = 1024**3
_SECONDS_FOR_ALL_ROWS: Final = 120

# A foreign key of a partitioned table has one for each partition, with a parent.
_FOREIGN_KEYS: Final = """
SELECT conname, conrelid::regclass::text, confrelid::regclass::text,
       array(SELECT quote_ident(attname) FROM unnest(conkey) WITH ORDINALITY AS k(number, position)
             JOIN pg_attribute ON attrelid = conrelid AND attnum = k.number ORDER BY position),
       array(SELECT quote_ident(attname) FROM unnest(confkey) WITH ORDINALITY AS k(number, position)
             JOIN pg_attribute ON attrelid = confrelid AND attnum = k.number ORDER BY position),
       pg_relation_size(conrelid), (SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = conrelid)
FROM pg_constraint JOIN pg_namespace ON pg_namespace.oid = connamespace
WHERE contype = 'f' AND conparentid = 0 AND nspname !~ '^(pg_|information_schema$)' ORDER BY 2, 1
"""


@dataclass(frozen=True)
class _ForeignKey:
    name: str
    table: str
    referenced: str
    columns: Sequence[str]
    keys: Sequence[str]
    bytes: int
    rows: int


def check_references(database: Database) -> Finding:
    """Look for the referenced row of each row, or of 100,000 rows of a table larger than 1 GiB."""
    problems, sampled = [], []
    found = [_ForeignKey(*row) for row in database.rows(_FOREIGN_KEYS)]  # type: ignore[arg-type]
    for key in found:
        dangling, is_sample = _count_dangling(database, key)
        if is_sample:
            sampled.append(key.table)
        if dangling:
            problems.append(
                f"{dangling} rows of {key.table} refer to no row of {key.referenced} ({key.name})"
            )
    detail = f"all rows of {len(found)} foreign keys refer to a row"
    return Finding(f"{detail}; sampled: {', '.join(sorted({*sampled}))}" if sampled else detail, problems)


def _count_dangling(database: Database, key: _ForeignKey) -> tuple[int, bool]:
    if key.bytes <= _FULL_READ_BYTES:
        try:
            return _run(database, key, sample="", most_seconds=_SECONDS_FOR_ALL_ROWS), False
        except OutOfTimeError:
            pass
    percent = min(100.0, 100 * _SAMPLED_ROWS / max(key.rows, _SAMPLED_ROWS))
    return _run(database, key, sample=f"TABLESAMPLE SYSTEM ({percent:.6f}) REPEATABLE (1)"), True


def _run(database: Database, key: _ForeignKey, *, sample: str, most_seconds: float = inf) -> int:
    present = " AND ".join(f"c.{column} IS NOT NULL" for column in key.columns)
    equal = " AND ".join(
        f"p.{referenced} = c.{column}" for column, referenced in zip(key.columns, key.keys, strict=True)
    )
    rows = database.rows(
        f"SELECT count(*) FROM {key.table} c {sample} WHERE {present} "  # noqa: S608 - names of PostgreSQL
        f"AND NOT EXISTS (SELECT FROM {key.referenced} p WHERE {equal})",
        most_seconds=most_seconds,
    )
    return int(str(rows[0][0]))
