"""Compares values of rows with a ledger.

A restored volume has the same row versions. So two comparisons are exact after any number of changes: the
settled rows of append-only tables, and each sampled row that no later transaction has written. How many of
them may be changed or missing depends on what the table kept before.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from constructs_arq.recovery.validator.checks import Finding, OutOfTimeError
from constructs_arq.recovery.validator.database import Database
from constructs_arq.recovery.validator.kept_rows import KeptRows, find_losses, read_history
from constructs_arq.recovery.validator.ledger_document import KeyRange, Ledger, Table
from constructs_arq.recovery.validator.row_comparison import (
    Columns,
    compare_samples,
    compare_segments,
    has_columns,
    read_columns,
)
from constructs_arq.recovery.validator.schema_checks import has_head, shorten

_DAY: Final = dt.timedelta(days=1)


@dataclass
class _Contents:
    """The compared rows, and the names of tables that could not be compared."""

    kept: list[KeptRows] = field(default_factory=list)
    segments: int = 0
    problems: list[str] = field(default_factory=list)
    changed_schema: list[str] = field(default_factory=list)
    only_samples: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def add(self, database: Database, table: Table) -> KeptRows | None:
        """Compare a table, and return what it kept, or None if its samples could not be compared."""
        try:
            columns = read_columns(database, table)
            if not has_columns(table, columns):
                self.changed_schema.append(table.name)
                return None
            # Samples need less time than segments, so they come first.
            kept, wrong = compare_samples(database, table, columns)
        except OutOfTimeError:
            self.unread.append(table.name)
            return None
        self.kept.append(kept)
        self.problems += wrong
        if table.key_range is not None:
            self._add_segments(database, table, table.key_range, columns, kept)
        return kept

    def _add_segments(
        self, database: Database, table: Table, key_range: KeyRange, columns: Columns, kept: KeptRows
    ) -> None:
        try:
            self.problems += compare_segments(database, table, key_range, columns)
            self.segments += len(key_range.segments)
        except OutOfTimeError:
            (self.only_samples if kept.unchanged else self.unread).append(table.name)

    def describe(self) -> str:
        """Return the numbers of compared rows, and what was not compared."""
        samples = sum(each.samples for each in self.kept)
        found = sum(each.found for each in self.kept)
        unchanged = sum(each.unchanged for each in self.kept)
        notes = [
            f"{self.segments} segments are equal; {unchanged} of {samples} sampled rows were not changed and "
            f"are equal, {found - unchanged} were changed, and {samples - found} do not exist"
        ]
        if self.only_samples:
            notes.append(f"no time for segments, only for samples: {shorten(self.only_samples)}")
        if self.changed_schema:
            notes.append(f"not comparable after a migration: {shorten(self.changed_schema)}")
        return "; ".join(notes)


def check_contents(
    database: Database, found: frozenset[str], ledgers: Sequence[Ledger], recovery_point: dt.datetime
) -> Finding:
    """Compare the segments of append-only tables, and the sampled rows of all tables."""
    newest = ledgers[0]
    tables = [each for each in newest.tables if each.name in found]
    # A migration can write all rows.
    is_same_schema = has_head(database, found, newest)
    days = (recovery_point - newest.taken_at) / _DAY
    contents = _Contents()
    problems: list[str] = []
    for number, table in enumerate(tables):
        with database.limited(len(tables) - number):
            kept = contents.add(database, table)
        if kept and is_same_schema:
            losses = find_losses(kept, read_history(table.name, ledgers), days=days)
            problems += [f"{table.name}: {each}" for each in losses]
    problems += contents.problems
    if contents.unread:
        problems.append(f"there was no time for: {shorten(contents.unread)}")
    if contents.changed_schema and is_same_schema:
        problems.append(f"columns are missing, without a migration: {shorten(contents.changed_schema)}")
    if tables and not contents.segments and not any(each.unchanged for each in contents.kept):
        problems.append("no row could be compared: all of them changed after the ledger")
    return Finding(contents.describe(), problems)
