"""The number of rows that a table may have at the recovery point."""

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from math import ceil
from typing import Final, NamedTuple

_DAY: Final = dt.timedelta(days=1)
# A table changes by at most three times its largest change in a day, and one percent.
_FACTOR: Final = 3
_SHARE: Final = 0.01
# A table may gain this many rows, even if it never changed.
_ROWS: Final = 10
# With fewer ledgers, nobody knows its changes.
_LEAST_LEDGERS: Final = 3
_UNKNOWN_SHARE: Final = 0.1
_UNKNOWN_ROWS: Final = 10


class Bounds(NamedTuple):
    """The fewest and the most rows, both included. `most` is None without an upper bound."""

    fewest: int
    most: int | None


def bound_rows(
    history: Sequence[tuple[dt.datetime, int]], *, recovery_point: dt.datetime, append_only: bool
) -> Bounds:
    """Return the bounds at the recovery point. `history` has times and rows of ledgers, the newest one first.

    An append-only table never loses rows, and may gain any number. Other tables may lose and gain three times
    what they changed in a day between two ledgers, for each day since the newest ledger, and one percent.
    They may always gain ten rows. With fewer than three ledgers, it is ten percent and ten rows. A table that
    was empty in a ledger is filled and emptied between ledgers, as a queue is: it has no upper bound.
    """
    taken_at, rows = history[0]
    if append_only:
        return Bounds(rows, None)
    if len(history) < _LEAST_LEDGERS:
        allowance = ceil(rows * _UNKNOWN_SHARE) + _UNKNOWN_ROWS
    else:
        daily = max(
            abs(newer - older) / max((later - earlier) / _DAY, 1)
            for (later, newer), (earlier, older) in pairwise(history)
        )
        days = max((recovery_point - taken_at) / _DAY, 1)
        allowance = ceil(_FACTOR * daily * days + rows * _SHARE)
    was_empty = any(not each for _, each in history)
    return Bounds(max(0, rows - allowance), None if was_empty else rows + max(allowance, _ROWS))
