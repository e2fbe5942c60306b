import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_arq.core.errors import ConfigError
from constructs_arq.data.postgres_config import PostgresConfig
from constructs_arq.data.time_windows import require_quiet_start

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60
WEEK = 7 * DAY


def clock(minutes: int) -> str:
    return f"{minutes % DAY // 60:02}:{minutes % 60:02}"


def week_clock(minutes: int) -> str:
    return f"{DAYS[minutes % WEEK // DAY]}:{clock(minutes)}"


def config(*, daily: str, weekly: str) -> PostgresConfig:
    return PostgresConfig(
        version="18",
        instance_class="db.m7g.large",
        storage_gib=20,
        max_storage_gib=40,
        backup_window=daily,
        maintenance_window=weekly,
    )


@given(
    start=st.integers(0, DAY - 1),
    length=st.integers(60, 600),
    week_start=st.integers(0, WEEK - 1),
    week_length=st.integers(60, DAY),
)
def test_overlapping_windows_are_rejected(start: int, length: int, week_start: int, week_length: int) -> None:
    daily = {(day * DAY + start + minute) % WEEK for day in range(7) for minute in range(length)}
    weekly = {(week_start + minute) % WEEK for minute in range(week_length)}
    windows = {
        "daily": f"{clock(start)}-{clock(start + length)}",
        "weekly": f"{week_clock(week_start)}-{week_clock(week_start + week_length)}",
    }
    if daily & weekly:
        with pytest.raises(ConfigError, match="must not overlap the maintenance window"):
            config(**windows)
    else:
        assert config(**windows).backup_window == windows["daily"]


@pytest.mark.parametrize("daily", ["02:00", "2:00-3:00", "02:00-02:30", "24:00-01:00", "02:00-02:00"])
def test_daily_windows_need_an_hour_and_a_valid_format(daily: str) -> None:
    with pytest.raises(ConfigError, match=r"backup_window: must be a daily window"):
        config(daily=daily, weekly="sun:03:30-sun:04:30")


@pytest.mark.parametrize("weekly", ["03:30-04:30", "sunday:03:30-sunday:04:30", "sun:03:30-mon:04:30"])
def test_weekly_windows_need_an_hour_to_a_day_and_a_valid_format(weekly: str) -> None:
    with pytest.raises(ConfigError, match=r"maintenance_window: must be a weekly window"):
        config(daily="10:00-11:00", weekly=weekly)


@given(
    hour=st.integers(0, 22),
    start=st.integers(0, DAY - 1),
    length=st.integers(60, 600),
    week_start=st.integers(0, WEEK - 1),
    week_length=st.integers(60, DAY),
)
def test_backups_start_outside_the_windows_and_the_hour_before(
    hour: int, start: int, length: int, week_start: int, week_length: int
) -> None:
    starts = set(range(hour * 60, hour * 60 + 60))
    busy = {
        minute % DAY
        for first, minutes in ((start, length), (week_start, week_length))
        for minute in range(first - 60, first + minutes)
    }
    windows = {
        "daily": f"{clock(start)}-{clock(start + length)}",
        "weekly": f"{week_clock(week_start)}-{week_clock(week_start + week_length)}",
    }
    refused = pytest.raises(ValueError, match="or the hour before it")
    with contextlib.nullcontext() if starts.isdisjoint(busy) else refused:
        require_quiet_start(hour, 60, **windows)
