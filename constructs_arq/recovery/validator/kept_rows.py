"""The sampled rows that a table keeps from one ledger to the next.

The samples of a ledger are the rows with the smallest hashes of their keys, so two ledgers have the same
samples as long as the table keeps its rows.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor
from typing import Final

from constructs_arq.recovery.validator.ledger_document import Ledger, Table

_DAY: Final = dt.timedelta(days=1)
_LEAST_LEDGERS: Final = 3
# A sample has noise. So a restored table must have half of what it kept in its worst day.
_FACTOR: Final = 0.5
# The share of rows that stay unchanged for a day, if too few ledgers show it.
_UNKNOWN_UNCHANGED: Final = 0.1
# With fewer rows, a usual change can be one of all rows.
_LEAST_ROWS: Final = 20


@dataclass(frozen=True)
class KeptRows:
    """Of a number of sampled rows, those that exist later, and those of them that nobody has changed."""

    samples: int
    found: int
    unchanged: int


@dataclass(frozen=True)
class History:
    """The shares of rows that a table kept between ledgers: the smallest ones in a day.

    `is_volatile`: it kept no row between any two ledgers.
    """

    found: float
    unchanged: float
    is_volatile: bool


def read_history(name: str, ledgers: Sequence[Ledger]) -> History:
    """Return what a table kept between the ledgers, the newest one first.

    Ledgers with a migration between them are not compared: it can write all rows.
    """
    found, unchanged = [], []
    for days, kept in _compare_ledgers(name, ledgers):
        if kept.samples:
            found.append((kept.found / kept.samples) ** (1 / days))
        if kept.found >= _LEAST_ROWS:
            unchanged.append((kept.unchanged / kept.found) ** (1 / days))
    is_known = len(found) >= _LEAST_LEDGERS - 1
    return History(
        found=min(found) if is_known else 0,
        unchanged=min(unchanged) if len(unchanged) >= _LEAST_LEDGERS - 1 else _UNKNOWN_UNCHANGED,
        is_volatile=is_known and not any(found),
    )


def find_losses(kept: KeptRows, history: History, *, days: float) -> list[str]:
    """Return what is wrong with the rows that a restored table kept for some days after the ledger."""
    passed = max(days, 1)
    problems = []
    fewest = floor(kept.samples * history.found**passed * _FACTOR)
    if kept.found < fewest:
        problems.append(f"{kept.found} of {kept.samples} sampled rows exist, and {fewest} must")
    fewest = floor(kept.found * history.unchanged**passed * _FACTOR)
    if kept.found >= _LEAST_ROWS and kept.unchanged < fewest:
        problems.append(f"{kept.unchanged} of {kept.found} sampled rows are unchanged, and {fewest} must be")
    return problems


def _compare_ledgers(name: str, ledgers: Sequence[Ledger]) -> Iterator[tuple[float, KeptRows]]:
    for newer, older in pairwise(ledgers):
        later, earlier = _find_table(name, newer), _find_table(name, older)
        if later and earlier and newer.migration_head == older.migration_head:
            yield max((newer.taken_at - older.taken_at) / _DAY, 1), _compare_tables(earlier, later)


def _compare_tables(earlier: Table, later: Table) -> KeptRows:
    versions = {tuple(each.key): each.version for each in later.samples}
    found = [each for each in earlier.samples if tuple(each.key) in versions]
    unchanged = [each for each in found if versions[tuple(each.key)] == each.version]
    return KeptRows(len(earlier.samples), len(found), len(unchanged))


def _find_table(name: str, ledger: Ledger) -> Table | None:
    return next((each for each in ledger.tables if each.name == name), None)
