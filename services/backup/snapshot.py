"""Snapshots of a database, for a limited time.

While a snapshot exists, vacuum removes no row that was deleted after it. So a snapshot without an end would
make tables grow. https://www.postgresql.org/docs/17/routine-vacuuming.html
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread
from typing import Final

import psycopg
from psycopg import IsolationLevel

from services.backup.connection import AnyConnection, connect
from services.backup.settings import DatabaseSettings

_GIB: Final = 1024**3
_SECONDS_BETWEEN: Final = 1.0


class SnapshotError(Exception):
    """The database can't be read in the time of a snapshot."""


@dataclass(frozen=True)
class Snapshot:
    """A session whose statements all read the same snapshot, and the time of its end."""

    connection: AnyConnection
    ends: float

    @property
    def remaining_seconds(self) -> float:
        """The time until the end."""
        return max(0.0, self.ends - time.monotonic())


@contextmanager
def snapshot(settings: DatabaseSettings) -> Iterator[Snapshot]:
    """Yield a session that can write nothing. Its statements are canceled at the end of its time.

    Raises:
        SnapshotError: if the database is too large, or the time is over.
    """
    with connect(settings) as connection:
        _require_size(connection, settings.most_gib)
        connection.read_only = True
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        session = Snapshot(connection, time.monotonic() + settings.snapshot_seconds)
        closed = Event()
        watch = Thread(target=_cancel_at_end, args=(session, closed), daemon=True)
        watch.start()
        try:
            with connection.transaction():
                yield session
        except psycopg.errors.QueryCanceled as error:
            raise time_is_over(settings) from error
        finally:
            closed.set()
            watch.join()


def time_is_over(settings: DatabaseSettings) -> SnapshotError:
    """Return the error for a snapshot at its end."""
    return SnapshotError(
        f"the snapshot was open for {settings.snapshot_seconds} seconds, its limit: look for what "
        "slows the database, or raise shop.snapshot_hours of the environment"
    )


def _cancel_at_end(session: Snapshot, closed: Event) -> None:
    closed.wait(session.remaining_seconds)
    while not closed.wait(_SECONDS_BETWEEN):
        with suppress(psycopg.Error):
            session.connection.cancel_safe()


def _require_size(connection: AnyConnection, most_gib: int) -> None:
    row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    size = int(str(row[0])) if row else 0
    if size > most_gib * _GIB:
        raise SnapshotError(
            f"the database has {size / _GIB:.1f} GiB, and this job reads at most {most_gib} GiB in its time: "
            "raise shop.snapshot_hours of the environment"
        )
