"""The number of rows that a table may have at the recovery point."""

import datetime as dt

import pytest

from constructs_arq.recovery.validator.row_bounds import Bounds, bound_rows

NOW = dt.datetime(2026, 11, 30, 2, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def bounds(*rows: int, days: float = 1, append_only: bool = False) -> Bounds:
    """Return the bounds after daily ledgers with these rows, the newest one first."""
    history = [(NOW - DAY * number, each) for number, each in enumerate(rows)]
    return bound_rows(history, recovery_point=NOW + DAY * days, append_only=append_only)


def test_an_append_only_table_loses_nothing_and_grows_without_a_bound() -> None:
    assert bounds(1000, 10, append_only=True) == (1000, None)


@pytest.mark.parametrize(
    ("rows", "days", "expected"),
    [
        # Three times the largest change in a day, and one percent.
        ((1000, 950, 940), 1, (840, 1160)),
        # A recovery point soon after the ledger has the changes of a day: work comes in bursts.
        ((1000, 950, 940), 0.1, (840, 1160)),
        ((1000, 950, 940), 3, (540, 1460)),
        # Nobody has changed it. It may gain ten rows.
        ((100, 100, 100), 1, (99, 110)),
        ((5, 5, 5), 1, (4, 15)),
        # A queue that is empty at the times of ledgers can have any number of rows at another time.
        ((0, 0, 0), 1, (0, None)),
        ((0,), 1, (0, None)),
        ((1000, 0, 0), 1, (0, None)),
        ((1000, 900, 800, 0), 1, (0, None)),
        # Two ledgers show little.
        ((1000, 1000), 1, (890, 1110)),
        ((3,), 1, (0, 14)),
    ],
)
def test_other_tables_change_as_they_did_before(
    rows: tuple[int, ...], days: float, expected: tuple[int, int | None]
) -> None:
    assert bounds(*rows, days=days) == expected


def test_a_missed_ledger_does_not_widen_the_bounds() -> None:
    history = [(NOW, 1000), (NOW - 10 * DAY, 900), (NOW - 20 * DAY, 800)]
    assert bound_rows(history, recovery_point=NOW + DAY, append_only=False) == (960, 1040)
