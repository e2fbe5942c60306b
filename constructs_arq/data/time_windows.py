"""Time windows for daily backups and weekly maintenance."""

import re
from typing import Annotated

from pydantic import AfterValidator

from constructs_arq.core.config import validation_error

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOUR, _DAY = 60, 24 * 60
_WEEK = 7 * _DAY
_TIME = r"([01]\d|2[0-3]):([0-5]\d)"
_DAILY = re.compile(rf"{_TIME}-{_TIME}")
_WEEKLY = re.compile(rf"({'|'.join(_DAYS)}):{_TIME}-({'|'.join(_DAYS)}):{_TIME}")

# ElastiCache requires one hour, RDS half an hour. One rule for both is simpler.
_MIN_MINUTES = _HOUR


def _daily(value: str) -> str:
    if not _DAILY.fullmatch(value) or _daily_minutes(value)[1] < _MIN_MINUTES:
        raise validation_error(
            "must be a daily window of at least one hour, in UTC", fix='Write it like "02:00-03:00".'
        )
    return value


def _weekly(value: str) -> str:
    if not _WEEKLY.fullmatch(value) or not _MIN_MINUTES <= _weekly_minutes(value)[1] <= _DAY:
        raise validation_error(
            "must be a weekly window of one hour to one day, in UTC",
            fix='Write it like "sun:03:30-sun:04:30".',
        )
    return value


DailyWindow = Annotated[str, AfterValidator(_daily)]
WeeklyWindow = Annotated[str, AfterValidator(_weekly)]


def require_no_overlap(*, daily: str, weekly: str) -> None:
    """Raise an error if the windows overlap. AWS would reject them only during an apply."""
    daily_start, daily_length = _daily_minutes(daily)
    weekly_start, weekly_length = _weekly_minutes(weekly)
    for day in range(len(_DAYS)):
        start = day * _DAY + daily_start
        # The modulo handles windows across the end of the week.
        if (start - weekly_start) % _WEEK < weekly_length or (weekly_start - start) % _WEEK < daily_length:
            raise validation_error(
                f"the backup window {daily} must not overlap the maintenance window {weekly}",
                fix="Move one of the two windows.",
            )


def require_quiet_start(start_hour: int, minutes: int, *, daily: str, weekly: str) -> None:
    """Raise an error if a backup that starts in these minutes of each day finds the database in a window.

    AWS Backup can't start a backup of RDS in the hour before its windows, nor in them.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/creating-a-backup-plan.html
    """
    start, length = start_hour * _HOUR, minutes + _HOUR
    for window, parse in ((daily, _daily_minutes), (weekly, _weekly_minutes)):
        busy_start, busy_length = parse(window)
        if (start - busy_start) % _DAY < busy_length or (busy_start - start) % _DAY < length:
            raise validation_error(
                f"backups that start at {start_hour:02}:00 meet the window {window} of the database, or the "
                "hour before it",
                fix="Change start_hour of backups, or the window.",
            )


def _daily_minutes(value: str) -> tuple[int, int]:
    """Return start (minutes since midnight) and length in minutes. A window can cross midnight."""
    start, end = (_minutes(time) for time in value.split("-"))
    return start, (end - start) % _DAY


def _weekly_minutes(value: str) -> tuple[int, int]:
    """Return start (minutes since Monday 00:00) and length in minutes."""
    start, end = (_DAYS.index(time[:3]) * _DAY + _minutes(time[4:]) for time in value.split("-"))
    return start, (end - start) % _WEEK


def _minutes(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * _HOUR + int(minutes)
