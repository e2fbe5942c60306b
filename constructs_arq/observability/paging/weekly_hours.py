"""Hours of each week in which people are on call."""

from datetime import time
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from constructs_arq.core.config import Config, validation_error

MINUTES_OF_WEEK: Final = 7 * 24 * 60
_MINUTES_OF_DAY: Final = 24 * 60


class Weekday(StrEnum):
    """Days of the week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """The number of ISO 8601 and PagerDuty: 1 is Monday."""
        return list(Weekday).index(self) + 1


def _full_minute(value: time) -> time:
    if value.second or value.microsecond or value.tzinfo:
        raise validation_error(
            "must be a full minute without a time zone",
            fix="Write it like time(9, 30): the schedule has the zone.",
        )
    return value


FullMinute = Annotated[time, AfterValidator(_full_minute)]


class WeeklyHours(Config):
    """The same hours on some days of the week. An end that is not after the start is on the next day."""

    days: tuple[Weekday, ...] = Field(
        default=tuple(Weekday), min_length=1, description="Days on which the hours start."
    )
    start: FullMinute = time(0)
    end: FullMinute = time(0)

    @property
    def minutes(self) -> int:
        """The length in minutes: a whole day if the end equals the start."""
        return (_minute_of_day(self.end) - _minute_of_day(self.start)) % _MINUTES_OF_DAY or _MINUTES_OF_DAY

    @property
    def is_daily(self) -> bool:
        """Whether the hours are those of every day."""
        return len(self.days) == len(Weekday)

    def contain(self, minute_of_week: int) -> bool:
        """Return whether a minute is in these hours. Minute 0 is Monday at 0:00."""
        return any((minute_of_week - start) % MINUTES_OF_WEEK < self.minutes for start in self._starts())

    def _starts(self) -> list[int]:
        return [(day.number - 1) * _MINUTES_OF_DAY + _minute_of_day(self.start) for day in self.days]

    @model_validator(mode="after")
    def _check_days(self) -> Self:
        if len(set(self.days)) < len(self.days):
            raise validation_error("days must be different", fix="Remove the duplicate.")
        if self.is_daily and self.minutes == _MINUTES_OF_DAY:
            raise validation_error("are all hours of the week", fix="Leave hours out: it is the default.")
        return self


def _minute_of_day(value: time) -> int:
    return value.hour * 60 + value.minute
