"""Scaling limits and targets for instances and pods."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from constructs_arq.core.config import Config, validation_error
from constructs_arq.core.values import Percent, Slug

# Minute, hour, day of the month, month, day of the week.
_CRON_UNITS = (
    r"[0-5]?\d",
    r"[01]?\d|2[0-3]",
    r"0?[1-9]|[12]\d|3[01]",
    r"0?[1-9]|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC",
    r"[0-7]|SUN|MON|TUE|WED|THU|FRI|SAT",
)


def _cron_field(unit: str) -> str:
    item = rf"(\*|({unit})(-({unit}))?)(/\d{{1,2}})?"
    return f"{item}(,{item})*"


_CRON = re.compile(" ".join(map(_cron_field, _CRON_UNITS)), re.ASCII)


def _cron(value: str) -> str:
    if not _CRON.fullmatch(value):
        raise validation_error(
            "must be five cron fields: minute, hour, day of the month, month, day of the week",
            fix='Write it like "0 7 * * MON-FRI".',
        )
    return value


Cron = Annotated[str, AfterValidator(_cron)]
TimeZone = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z]+(/[A-Za-z0-9_+-]+)*$")]


class ScheduledSize(Config):
    """Other size limits from a scheduled time on, such as at night."""

    name: Slug
    cron: Cron = Field(description='Start time as five cron fields, such as "0 7 * * MON-FRI".')
    time_zone: TimeZone = Field(
        default="Etc/UTC", description="IANA time zone of the cron expression, such as Europe/Berlin."
    )
    min_size: int = Field(ge=0)
    max_size: int = Field(ge=0)

    @model_validator(mode="after")
    def _validate_limits(self) -> Self:
        _require_order(self.min_size, self.max_size)
        return self


class ScalingPolicy(Config):
    """Size limits, and the target load of each instance or pod.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html
    """

    min_size: int = Field(ge=0, description="Minimum size.")
    max_size: int = Field(ge=1, description="Maximum size.")
    target_cpu_percent: Percent | None = Field(default=60, description="Target average CPU utilization.")
    target_memory_percent: Percent | None = Field(default=None, description="Target average memory use.")
    target_requests_per_minute: int | None = Field(
        default=None, ge=1, description="Target number of requests for each instance or pod."
    )
    schedule: tuple[ScheduledSize, ...] = Field(default=(), description="Size limits at other times.")

    @model_validator(mode="after")
    def _validate_limits(self) -> Self:
        _require_order(self.min_size, self.max_size)
        names = [entry.name for entry in self.schedule]
        if len(names) != len(set(names)):
            raise validation_error("scheduled sizes must have different names", fix="Rename one of them.")
        return self


def _require_order(min_size: int, max_size: int) -> None:
    if min_size > max_size:
        raise validation_error(
            f"min_size {min_size} must not be greater than max_size {max_size}",
            fix="Raise max_size or lower min_size.",
        )
