"""Daily and weekly windows in UTC, as RDS and ElastiCache write them."""

import re

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = r"([01]\d|2[0-3]):([0-5]\d)"
_DAILY = re.compile(rf"^{_TIME}-{_TIME}$")
_WEEKLY = re.compile(rf"^({'|'.join(_DAYS)}):{_TIME}-({'|'.join(_DAYS)}):{_TIME}$", re.IGNORECASE)
_DAY, _WEEK = 24 * 60, 7 * 24 * 60
MinuteSpan = tuple[int, int]


def parse_daily(window: str, min_minutes: int) -> MinuteSpan | str:
    """Parse `02:00-03:00`. Return first minute of the day and length, or what is wrong."""
    match = _DAILY.match(window)
    if not match:
        return "write it like 02:00-03:00."
    first, last = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    return _checked_span(first, (last - first) % _DAY, min_minutes)


def parse_weekly(window: str, min_minutes: int) -> MinuteSpan | str:
    """Parse `sun:05:00-sun:06:00`. Return first minute of the week and length, or what is wrong."""
    match = _WEEKLY.match(window)
    if not match:
        return "write it like sun:05:00-sun:06:00."
    first = _minute_of_week(match[1], match[2], match[3])
    return _checked_span(first, (_minute_of_week(match[4], match[5], match[6]) - first) % _WEEK, min_minutes)


def windows_overlap(day: str, week: str) -> bool:
    """Return whether a daily and a weekly window overlap. Both must be valid."""
    one, other = parse_daily(day, 0), parse_weekly(week, 0)
    if isinstance(one, str) or isinstance(other, str):
        return False
    starts = (one[0] + number * _DAY for number in range(7))
    return any(_spans_overlap(start, one[1], other[0], other[1]) for start in starts)


def _checked_span(first: int, length: int, min_minutes: int) -> MinuteSpan | str:
    return (
        (first, length)
        if length >= min_minutes
        else f"it is {length} minutes long. Use at least {min_minutes}."
    )


def _minute_of_week(day: str, hours: str, minutes: str) -> int:
    return _DAYS.index(day.lower()) * _DAY + int(hours) * 60 + int(minutes)


def _spans_overlap(start: int, length: int, other: int, other_length: int) -> bool:
    # Sunday night runs into Monday, hence the modulo.
    return (other - start) % _WEEK < length or (start - other) % _WEEK < other_length
