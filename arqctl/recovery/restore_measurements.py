"""Compares the times of restore tests with the figures from which objectives are checked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from arqctl.recovery.recovery_table import Figure, Row
from arqctl.recovery.restore_records import RestoreTest

RESTORE_START: Final = "rds-restore-start"
_RATE: Final = "rds-restore-rate"
_BACKUP_AGE: Final = ("backup-interval", "backup-window")
_SECONDS: Final[Mapping[str, int]] = {"seconds": 1, "minutes": 60, "hours": 3600}
_HOUR: Final = 3600


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """The test that exceeds the sum of some figures most, or comes nearest to it. Times are in seconds."""

    figures: tuple[str, ...]
    limit: float
    measured: float
    day: date

    @property
    def is_refuted(self) -> bool:
        """Whether the time was longer than the sum of the figures."""
        return self.measured > self.limit


def is_proven_by_restore(row: Row) -> bool:
    """Return whether restore tests prove a part of the way of a row: it restores the database."""
    return row.data == "database" and row.way is not None and RESTORE_START in row.way.figures


def compare(tests: Sequence[RestoreTest], figures: Mapping[str, Figure]) -> Iterator[Measurement]:
    """Yield what the valid tests measured, for each sum of figures that one of them has a time for.

    The job of a test ends when the instance is available, so its duration is that of `rds-restore-start`.
    Blocks follow later. The validator does not read all of them, so no test proves `rds-restore-rate`. A job
    that takes longer than both refutes the sum.
    """
    limits: dict[tuple[str, ...], Callable[[RestoreTest], tuple[float | None, float | None]]] = {
        (RESTORE_START,): lambda test: (_sum(figures, RESTORE_START), test.seconds),
        (RESTORE_START, _RATE): lambda test: (_restore(figures, test.gib), test.seconds),
        _BACKUP_AGE: lambda test: (_sum(figures, *_BACKUP_AGE), test.age_seconds),
    }
    for names, limit_of in limits.items():
        if not all(_is_usable(figures, name) for name in names):
            continue
        found = [
            Measurement(figures=names, limit=limit, measured=measured, day=test.at.date())
            for test in tests
            if test.valid
            for limit, measured in [limit_of(test)]
            if limit is not None and measured is not None
        ]
        if found:
            yield max(found, key=lambda each: each.measured - each.limit)


def _is_usable(figures: Mapping[str, Figure], name: str) -> bool:
    if name not in figures:
        return False
    return figures[name].value > 0 if name == _RATE else figures[name].unit in _SECONDS


def _restore(figures: Mapping[str, Figure], gib: float | None) -> float | None:
    if gib is None:
        return None
    return _sum(figures, RESTORE_START) + gib / figures[_RATE].value * _HOUR


def _sum(figures: Mapping[str, Figure], *names: str) -> float:
    return sum(figures[name].value * _SECONDS[figures[name].unit] for name in names)
