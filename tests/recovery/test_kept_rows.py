"""The sampled rows that a restored table must have, after what it kept between ledgers."""

import datetime as dt
from collections.abc import Mapping

import pytest

from constructs_arq.recovery.validator.kept_rows import History, KeptRows, find_losses, read_history
from constructs_arq.recovery.validator.ledger_document import Ledger, Sample, Table

NOW = dt.datetime(2026, 11, 30, 4, tzinfo=dt.UTC)
Versions = Mapping[int, int]


def history(*ledgers: Versions, head: str = "0004", days: int = 1) -> History:
    """Return what a table kept between ledgers with these keys and versions, the newest one first."""
    return read_history(
        "api.accounts",
        [
            Ledger(
                object_key=f"ledger/{number}.json",
                database="app",
                taken_at=NOW - dt.timedelta(days=days * number),
                oldest_transaction=1,
                migration_table="api.migrations",
                migration_head=head if number else "0004",
                tables=[make_table(versions)],
                foreign_keys=0,
            )
            for number, versions in enumerate(ledgers)
        ],
    )


def make_table(versions: Versions) -> Table:
    samples = [Sample([str(key)], str(version), "0") for key, version in versions.items()]
    return Table("api.accounts", len(samples), False, ["id"], None, ["id"], None, samples)


def rows(first: int, last: int, *, version: int = 1) -> Versions:
    return dict.fromkeys(range(first, last + 1), version)


def test_the_worst_day_counts() -> None:
    # 20 of 100 rows are changed, and then 10 are deleted.
    oldest = rows(1, 100)
    middle = {**oldest, **rows(1, 20, version=2)}
    newest = {**rows(1, 90), **rows(1, 20, version=2)}
    assert history(newest, middle, oldest) == History(0.9, 0.8, False)


def test_a_missed_ledger_does_not_make_a_day_worse() -> None:
    kept = history(rows(1, 81), rows(1, 90), rows(1, 100), days=2)
    assert kept.found == pytest.approx(0.9**0.5)


def test_a_queue_is_volatile_and_a_growing_table_is_not() -> None:
    assert history(rows(6, 8), rows(3, 5), rows(1, 2)).is_volatile
    assert not history(rows(1, 90), rows(1, 50), rows(1, 2)).is_volatile
    # Two ledgers show little.
    assert not history(rows(6, 8), rows(3, 5)).is_volatile


def test_ledgers_with_a_migration_between_them_show_nothing() -> None:
    changed = rows(1, 100, version=2)
    assert history(changed, rows(1, 100), rows(1, 100), head="0003").unchanged == 0.1
    assert history(changed, rows(1, 100), rows(1, 100)).unchanged == 0


STABLE, CHANGING, UNKNOWN = History(1, 1, False), History(1, 0, False), History(0, 0.1, False)


@pytest.mark.parametrize(
    ("kept", "before", "days", "problems"),
    [
        (KeptRows(100, 100, 50), STABLE, 0.1, []),
        (KeptRows(100, 100, 49), STABLE, 0.1, ["49 of 100 sampled rows are unchanged, and 50 must be"]),
        (KeptRows(100, 49, 49), STABLE, 1, ["49 of 100 sampled rows exist, and 50 must"]),
        (KeptRows(4, 1, 1), STABLE, 1, ["1 of 4 sampled rows exist, and 2 must"]),
        # Each row changes each day.
        (KeptRows(100, 100, 0), CHANGING, 1, []),
        # One ledger: the rows of a queue may be gone, and some of the others must be unchanged.
        (KeptRows(100, 0, 0), UNKNOWN, 1, []),
        (KeptRows(100, 100, 0), UNKNOWN, 1, ["0 of 100 sampled rows are unchanged, and 5 must be"]),
        # An administrator changes all of a few rows at once.
        (KeptRows(19, 19, 0), STABLE, 1, []),
        # Half of the rows change in a day.
        (KeptRows(100, 100, 12), History(1, 0.5, False), 2, []),
        (
            KeptRows(100, 100, 12),
            History(1, 0.5, False),
            1,
            ["12 of 100 sampled rows are unchanged, and 25 must be"],
        ),
    ],
)
def test_a_restored_table_keeps_half_of_that(
    kept: KeptRows, before: History, days: float, problems: list[str]
) -> None:
    assert find_losses(kept, before, days=days) == problems
