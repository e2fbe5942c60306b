"""People who take turns on call."""

from datetime import date, datetime, time, timedelta

from pydantic import Field, field_validator

from constructs_arq.core.config import Config, validation_error
from constructs_arq.observability.paging.weekly_hours import FullMinute, WeeklyHours
from constructs_arq.observability.subscribers import Email

_FEWEST_PEOPLE = 2


class Rotation(Config):
    """People who take turns on call, at all hours or at some. Times are in the time zone of the schedule."""

    people: tuple[Email, ...] = Field(
        description="E-mail addresses of PagerDuty's users, exactly as PagerDuty shows them, in turn."
    )
    first_day: date = Field(
        description="Day of the first handoff. A day in the past keeps the turns as they are."
    )
    handoff: FullMinute = Field(default=time(9), description="Time of each handoff.")
    turn_days: int = Field(default=7, ge=1, le=365, description="Days from one handoff to the next.")
    hours: WeeklyHours | None = Field(default=None, description="Hours on call; None is all of them.")

    @field_validator("people")
    @classmethod
    def _check_people(cls, people: tuple[str, ...]) -> tuple[str, ...]:
        if len({each.lower() for each in people}) < len(people):
            raise validation_error("must be different people", fix="Remove the duplicate.")
        if len(people) < _FEWEST_PEOPLE:
            raise validation_error(
                f"must be at least {_FEWEST_PEOPLE} people: one can't be on call at all times",
                fix="Add a person.",
            )
        return people

    @property
    def cycle_days(self) -> int:
        """Days after which the turns repeat."""
        return self.turn_days * len(self.people)

    @property
    def start(self) -> datetime:
        """The first handoff, in local time."""
        return datetime.combine(self.first_day, self.handoff)

    @property
    def changes(self) -> frozenset[time]:
        """Local times of day at which another person may be on call."""
        hours = () if self.hours is None else (self.hours.start, self.hours.end)
        return frozenset((self.handoff, *hours))

    def covers(self, minute_of_week: int) -> bool:
        """Return whether somebody is on call in a minute of the week. Minute 0 is Monday at 0:00."""
        return self.hours is None or self.hours.contain(minute_of_week)

    def person_at(self, local: datetime) -> str:
        """Return whose turn it is at a local time, also outside the hours."""
        turn = (local - self.start) // timedelta(days=self.turn_days)
        return self.people[turn % len(self.people)]
