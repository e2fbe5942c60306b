"""Compares values of rows with a ledger.

A restored volume has the same row versions. So two comparisons are exact after any number of changes: the
settled rows of append-only tables, and each sampled row that no later transaction has written.
"""

from collections.abc import Sequence
from math import inf
from typing import Final

from constructs_arq.recovery.validator.checks import Finding
from constructs_arq.recovery.validator.database import Database
from constructs_arq.recovery.validator.ledger_document import KeyRange, Ledger, Table
from constructs_arq.recovery.validator.schema_checks import shorten

_COLUMNS: Final = """
SELECT attname, quote_ident(attname), format_type(atttypid, NULL) FROM pg_attribute
WHERE attrelid = CAST(:name AS regclass) AND attnum > 0 AND NOT attisdropped
"""

Columns = dict[str, tuple[str, str]]


def check_contents(database: Database, found: frozenset[str], ledger: Ledger) -> Finding:
    """Compare the segments of append-only tables, and the sampled rows of all tables."""
    problems: list[str] = []
    segments = samples = same = 0
    changed_schema: list[str] = []
    for table in ledger.tables:
        if table.name not in found:
            continue
        columns = _read_columns(database, table)
        if not {*table.columns, *table.key} <= columns.keys():
            changed_schema.append(table.name)
            continue
        if table.key_range is not None:
            problems += _compare_segments(database, table, table.key_range, columns)
            segments += len(table.key_range.segments)
        compared, wrong = _compare_samples(database, table, columns)
        problems += wrong
        same += compared
        samples += len(table.samples)
    if changed_schema and _has_head(database, found, ledger):
        problems.append(f"columns are missing, without a migration: {shorten(changed_schema)}")
    if not segments and not same and ledger.tables:
        problems.append("no row could be compared: all of them changed after the ledger")
    detail = f"{segments} segments are equal; {same} of {samples} sampled rows were not changed and are equal"
    return Finding(
        f"{detail}; not comparable after a migration: {shorten(changed_schema)}"
        if changed_schema
        else detail,
        problems,
    )


def _read_columns(database: Database, table: Table) -> Columns:
    rows = database.rows(_COLUMNS, name=table.name)
    return {str(name): (str(quoted), str(kind)) for name, quoted, kind in rows}


def _row_hash(table: Table, columns: Columns) -> str:
    values = ", ".join(f"t.{columns[each][0]}" for each in table.columns)
    return f"hashtextextended(ROW({values})::text, 0)"


def _compare_segments(
    database: Database, table: Table, key_range: KeyRange, columns: Columns
) -> Sequence[str]:
    key = columns[key_range.column][0]
    statement = (
        f"SELECT count(*), coalesce(sum({_row_hash(table, columns)}), 0)::text FROM {table.name} t "  # noqa: S608
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


def _compare_samples(database: Database, table: Table, columns: Columns) -> tuple[int, Sequence[str]]:
    """Return how many sampled rows nobody has changed, and what is wrong with them."""
    if not table.samples:
        return 0, []
    names = [f"k{number}" for number in range(len(table.key))]
    arrays = ", ".join(
        f"CAST(CAST(:{name} AS text[]) AS {columns[column][1]}[])"
        for name, column in zip(names, table.key, strict=True)
    )
    equal = " AND ".join(
        f"t.{columns[column][0]} = s.{name}" for name, column in zip(names, table.key, strict=True)
    )
    statement = (
        f"SELECT s.n, t.xmin::text, {_row_hash(table, columns)}::text "  # noqa: S608 - names of PostgreSQL
        f"FROM unnest({arrays}) WITH ORDINALITY AS s({', '.join(names)}, n) JOIN {table.name} t ON {equal}"
    )
    keys = zip(*(each.key for each in table.samples), strict=True)
    values = {name: list(column) for name, column in zip(names, keys, strict=True)}
    compared, wrong = 0, []
    for position, version, digest in database.rows(statement, most_seconds=inf, **values):
        sample = table.samples[int(str(position)) - 1]
        if version == sample.version:
            compared += 1
            if digest != sample.digest:
                wrong.append(", ".join(sample.key))
    return compared, [f"{len(wrong)} unchanged rows of {table.name} have other values"] if wrong else []


def _has_head(database: Database, found: frozenset[str], ledger: Ledger) -> bool:
    """Return whether no migration followed the ledger."""
    if ledger.migration_table not in found:
        return False
    head = database.value(f"SELECT max(name) FROM {ledger.migration_table}")  # noqa: S608 - PostgreSQL found it
    return head == ledger.migration_head
