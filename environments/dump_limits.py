"""The largest databases that dumps and ledgers read in their time, by the measured rates."""

import math
from dataclasses import dataclass
from datetime import timedelta

from constructs_arq.core.errors import ConfigError, Problem
from constructs_arq.core.recovery_figures import find_figure
from environments.environment import Environment

_HOUR = timedelta(hours=1)
# Of a job in Kubernetes here, with all attempts.
_LONGEST = timedelta(days=1)
# A ledger waits for active transactions at first.
_WAIT = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class ReadLimits:
    """The largest database in GiB, the longest snapshot, and the time for all attempts."""

    gib: int
    snapshot: timedelta
    deadline: timedelta

    @property
    def variables(self) -> dict[str, str]:
        """The limits as variables of the job."""
        return {
            "MOST_DATABASE_GIB": str(self.gib),
            "SNAPSHOT_SECONDS": str(int(self.snapshot.total_seconds())),
        }

    @property
    def deadline_seconds(self) -> int:
        """The time for all attempts in seconds."""
        return math.ceil(self.deadline.total_seconds())


def find_dump_limits(env: Environment) -> ReadLimits:
    """Return the limits of a dump, which is restored after its snapshot has ended.

    Raises:
        ConfigError: if the database is too large from its first day.
    """
    return _find_limits(env, read="dump-read-rate", work="dump-job-rate", retries=env.shop.dump.retries)


def find_ledger_limits(env: Environment) -> ReadLimits:
    """Return the limits of a ledger.

    Raises:
        ConfigError: if the database is too large from its first day.
    """
    return _find_limits(env, read="ledger-rate", work="ledger-rate", retries=env.shop.ledger.retries)


def _find_limits(env: Environment, *, read: str, work: str, retries: int) -> ReadLimits:
    """Return the limits by the rates of the snapshot and of an attempt."""
    snapshot, attempts = env.shop.snapshot_hours * _HOUR, 1 + retries
    start = find_figure("node-launch").duration + find_figure("pod-start").duration + _WAIT
    reading, working = find_figure(read), find_figure(work)
    in_snapshot = math.floor(env.shop.snapshot_hours * reading.value)
    in_day = math.floor((_LONGEST / attempts - start) / working.duration_of(1))
    most = min(in_snapshot, in_day)
    if env.database.storage_gib > most:
        problem = Problem(
            "database.storage_gib",
            f"must be at most {most}, which a dump or ledger reads in a snapshot of "
            f"{env.shop.snapshot_hours} hours, and in a day with {attempts} attempts",
            str(env.database.storage_gib),
            f"Raise shop.snapshot_hours, or correct {read} and {work} in recovery_figures.toml by a "
            "measurement of this database.",
        )
        raise ConfigError(env.name, [problem])
    gib = min(env.database.max_storage_gib, most)
    return ReadLimits(gib=gib, snapshot=snapshot, deadline=attempts * (start + working.duration_of(gib)))
