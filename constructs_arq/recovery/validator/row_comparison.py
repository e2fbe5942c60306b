"""Compares the segments and the sampled rows of a table with a ledger."""

from collections.abc import Sequence
from math import inf
from typing import Final

from constructs_arq.recovery.validator.database import Database
from constructs_arq.recovery.validator.kept_rows import KeptRows
from constructs_arq.recovery.validator.ledger_document import KeyRange, Table

# The type has its length: a value of character(n) is cut to one character without it.
_COLUMNS: Final = """
SELECT attname, quote_ident(attname), format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = to_regclass(:name) AND attnum > 0 AND NOT attisdropped
"""

Columns = dict[str, tuple[str, str]]
"""The name of each column, with its quotes, and its type."""


def read_columns(database: Database, table: Table) -> Columns:
    """Return the columns of a table that are there now."""
    rows = database.rows(_COLUMNS, name=table.name)
    return {str(name): (str(quoted), str(kind)) for name, quoted, kind in rows}


def has_columns(table: Table, columns: Columns) -> bool:
    """Return whether all columns of the ledger are there."""
    return {*table.columns, *table.key} <= columns.keys()


def row_hash(table: Table, columns: Columns) -> str:
    """Return the expression of the ledger for a row of the table `t`."""
    values = ", ".join(f"t.{columns[each][0]}" for each in table.columns)
    return f"hashtextextended(ROW({values})::text, 0)"


def compare_segments(
    database: Database, table: Table, key_range: KeyRange, columns: Columns
) -> Sequence[str]:
    """Return the segments that differ.

    Raises:
        OutOfTimeError: if one can't be read in time.
    """
    key = columns[key_range.column][0]
    statement = (
        f"SELECT count(*), coalesce(sum({row_hash(table, columns)}), 0)::text FROM {table.name} t "  # noqa: S608
        f"WHERE t.{key} BETWEEN CAST(:first AS bigint) AND CAST(:last AS bigint)"
    )
    problems = []
    for segment in key_range.segments:
        ((rows, checksum),) = database.rows(statement, first=segment.first, last=segment.last)
        where = f"{table.name} with {key_range.column} from {segment.first} to {segment.last}"
        if rows != segment.rows:
            problems.append(f"{where} has {rows} rows, and the ledger has {segment.rows}")
        elif checksum != segment.checksum:
            problems.append(f"{where} has other values than the ledger")
    return problems


def compare_samples(database: Database, table: Table, columns: Columns) -> tuple[KeptRows, Sequence[str]]:
    """Return how many sampled rows the table kept, and what is wrong with those that nobody has changed.

    Raises:
        OutOfTimeError: if they can't be read in time.
    """
    if not table.samples:
        return KeptRows(0, 0, 0), []
    names = [f"k{number}" for number in range(len(table.key))]
    arrays = ", ".join(
        f"CAST(CAST(:{name} AS text[]) AS {columns[column][1]}[])"
        for name, column in zip(names, table.key, strict=True)
    )
    equal = " AND ".join(
        f"t.{columns[column][0]} = s.{name}" for name, column in zip(names, table.key, strict=True)
    )
    statement = (
        f"SELECT s.n, t.xmin::text, {row_hash(table, columns)}::text "  # noqa: S608 - names of PostgreSQL
        f"FROM unnest({arrays}) WITH ORDINALITY AS s({', '.join(names)}, n) JOIN {table.name} t ON {equal}"
    )
    keys = zip(*(each.key for each in table.samples), strict=True)
    values = {name: list(column) for name, column in zip(names, keys, strict=True)}
    found = database.rows(statement, most_seconds=inf, **values)
    same, wrong = 0, 0
    for position, version, digest in found:
        sample = table.samples[int(str(position)) - 1]
        if version == sample.version:
            same += 1
            wrong += digest != sample.digest
    problems = [f"{wrong} unchanged rows of {table.name} have other values"] if wrong else []
    return KeptRows(len(table.samples), len(found), same), problems
