"""A schedule of PagerDuty: who is on call at each time of the week."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from cdktf_cdktf_provider_pagerduty.schedule import Schedule, ScheduleLayer, ScheduleLayerRestriction
from constructs import Construct
from pydantic import Field, field_validator

from constructs_arq.core.config import Config, validation_error
from constructs_arq.observability.paging.pagerduty_users import PagerDutyUsers
from constructs_arq.observability.paging.rotation import Rotation
from constructs_arq.observability.paging.time_zones import TimeZone
from constructs_arq.observability.paging.weekly_hours import MINUTES_OF_WEEK, Weekday

_SECONDS_OF_DAY = 86_400


class OnCallScheduleConfig(Config):
    """Rotations that together have exactly one person on call at each time of the week."""

    time_zone: TimeZone = Field(description='Time zone of all times, such as "Europe/Dublin".')
    rotations: tuple[Rotation, ...] = Field(
        min_length=1, description="Rotations, one for each part of the week."
    )

    @field_validator("rotations")
    @classmethod
    def _check_each_minute_has_one_rotation(cls, rotations: tuple[Rotation, ...]) -> tuple[Rotation, ...]:
        on_call = [sum(each.covers(minute) for each in rotations) for minute in range(MINUTES_OF_WEEK)]
        empty = [minute for minute, count in enumerate(on_call) if count == 0]
        if empty:
            raise validation_error(
                f"leave nobody on call {_hours_of(empty)}",
                fix="Extend the hours of a rotation, or leave hours out.",
            )
        shared = [minute for minute, count in enumerate(on_call) if count > 1]
        if shared:
            raise validation_error(
                f"have two people on call {_hours_of(shared)}, and PagerDuty calls only one",
                fix="Give the rotations different hours. A second person is on another schedule.",
            )
        return rotations

    def person_at(self, instant: datetime) -> str:
        """Return who is on call at an instant."""
        local = instant.astimezone(ZoneInfo(self.time_zone)).replace(tzinfo=None)
        minute = (local.weekday() * 24 + local.hour) * 60 + local.minute
        return next(each.person_at(local) for each in self.rotations if each.covers(minute))


class OnCallSchedule(Construct):
    """A schedule that always has one person on call, and at least two people in each rotation.

    The first schedule API of PagerDuty: it has turns of several people, which its successor, the type
    `pagerduty_schedulev2` of newer providers, does not.
    https://github.com/PagerDuty/terraform-provider-pagerduty/blob/master/website/docs/guides/migrate-schedule-to-schedulev2.html.markdown
    """

    def __init__(
        self, scope: Construct, id: str, *, name: str, users: PagerDutyUsers, config: OnCallScheduleConfig
    ) -> None:
        """Create the schedule `name`. `users` are those of the account."""
        super().__init__(scope, id)
        self.name: str = name
        self.config: OnCallScheduleConfig = config
        schedule = Schedule(
            self,
            "Default",
            name=name,
            description="The person on call",
            time_zone=config.time_zone,
            layer=[
                _layer(number, each, users=users, time_zone=config.time_zone)
                for number, each in enumerate(config.rotations, start=1)
            ],
        )
        self.schedule_id: str = schedule.id


def _layer(number: int, rotation: Rotation, *, users: PagerDutyUsers, time_zone: str) -> ScheduleLayer:
    start = rotation.start.replace(tzinfo=ZoneInfo(time_zone)).isoformat()
    return ScheduleLayer(
        name=f"Rotation {number}",
        # PagerDuty replaces a start in the past by the present. The provider then ignores the difference.
        # https://github.com/PagerDuty/terraform-provider-pagerduty/blob/v3.30.8/util/util.go
        start=start,
        rotation_virtual_start=start,
        rotation_turn_length_seconds=rotation.turn_days * _SECONDS_OF_DAY,
        users=[users.id_of(each) for each in rotation.people],
        restriction=list(_restrictions(rotation)) or None,
    )


def _restrictions(rotation: Rotation) -> list[ScheduleLayerRestriction]:
    hours = rotation.hours
    if hours is None:
        return []
    start, seconds = hours.start.isoformat(), hours.minutes * 60
    if hours.is_daily:
        return [
            ScheduleLayerRestriction(
                type="daily_restriction", start_time_of_day=start, duration_seconds=seconds
            )
        ]
    return [
        ScheduleLayerRestriction(
            type="weekly_restriction",
            start_day_of_week=day.number,
            start_time_of_day=start,
            duration_seconds=seconds,
        )
        for day in hours.days
    ]


def _hours_of(minutes: Sequence[int]) -> str:
    """Return the number of hours and the first minute: "60 hours a week, first on Saturday at 9:00"."""
    day, minute = divmod(minutes[0], 24 * 60)
    at = f"{list(Weekday)[day].capitalize()} at {minute // 60}:{minute % 60:02}"
    return f"{len(minutes) / 60:g} hours a week, first on {at}"
