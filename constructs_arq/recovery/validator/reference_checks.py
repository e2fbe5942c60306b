"""Finds rows whose foreign key refers to no row."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

from constructs_arq.recovery.validator.checks import Finding, OutOfTimeError
from constructs_arq.recovery.validator.database import Database
from constructs_arq.recovery.validator.schema_checks import shorten

_SAMPLED_BYTES: Final = 16 * 1024**2
_FULL_READ_BYTES: Final = 1024**3
# A sample needs the rest of the time.
_SHARE_FOR_ALL_ROWS: Final = 0.6

# A foreign key of a partitioned table has one for each partition, with a parent.
_FOREIGN_KEYS: Final = """
SELECT conname, conrelid::regclass::text, confrelid::regclass::text,
       array(SELECT quote_ident(attname) FROM unnest(conkey) WITH ORDINALITY AS k(number, position)
             JOIN pg_attribute ON attrelid = conrelid AND attnum = k.number ORDER BY position),
       array(SELECT quote_ident(attname) FROM unnest(confkey) WITH ORDINALITY AS k(number, position)
             JOIN pg_attribute ON attrelid = confrelid AND attnum = k.number ORDER BY position),
       pg_relation_size(conrelid)
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


def check_references(database: Database) -> Finding:
    """Look for the referenced row of each row, or of those in 16 MiB of a table that is large or slow."""
    problems, sampled, unread = [], [], []
    found = [_ForeignKey(*row) for row in database.rows(_FOREIGN_KEYS)]  # type: ignore[arg-type]
    for number, key in enumerate(found):
        try:
            with database.limited(len(found) - number):
                dangling, is_sample = _count_dangling(database, key)
        except OutOfTimeError:
            unread.append(f"{key.name} of {key.table}")
            continue
        if is_sample:
            sampled.append(key.table)
        if dangling:
            problems.append(
                f"{dangling} rows of {key.table} refer to no row of {key.referenced} ({key.name})"
            )
    if unread:
        problems.append(f"there was no time for: {shorten(unread)}")
    detail = f"all rows of {len(found)} foreign keys refer to a row"
    return Finding(f"{detail}; sampled: {', '.join(sorted({*sampled}))}" if sampled else detail, problems)


def _count_dangling(database: Database, key: _ForeignKey) -> tuple[int, bool]:
    if key.bytes <= _FULL_READ_BYTES:
        try:
            seconds = _SHARE_FOR_ALL_ROWS * database.seconds_left()
            return _run(database, key, sample="", most_seconds=seconds), False
        except OutOfTimeError:
            pass
    percent = 100 * min(1.0, _SAMPLED_BYTES / max(key.bytes, 1))
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
