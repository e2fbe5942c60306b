"""How much of something runs, as one value: instances, nodes and pods all take it."""

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


class ScheduledSize(Config):
    """Other bounds from a time on, such as nights and weekends."""

    name: Slug
    cron: Cron = Field(description='When it starts: five cron fields, such as "0 7 * * MON-FRI".')
    time_zone: str = Field(
        default="Etc/UTC",
        pattern=r"^[A-Z][A-Za-z]+(/[A-Za-z0-9_+-]+)*$",
        description="An IANA name, such as Europe/Berlin; cron's times are in it.",
    )
    min_size: int = Field(ge=0)
    max_size: int = Field(ge=0)

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        _require_order(self.min_size, self.max_size)
        return self


class ScalingPolicy(Config):
    """Bounds, and the load per instance, node or pod that scaling aims at.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html
    """

    min_size: int = Field(ge=0, description="Never fewer.")
    max_size: int = Field(ge=1, description="Never more.")
    target_cpu_percent: Percent | None = Field(default=60, description="Average CPU use aimed at.")
    target_memory_percent: Percent | None = Field(default=None, description="Average memory use aimed at.")
    target_requests_per_minute: int | None = Field(
        default=None, ge=1, description="Requests aimed at, for each instance or pod."
    )
    schedule: tuple[ScheduledSize, ...] = Field(default=(), description="Other bounds at other times.")

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        _require_order(self.min_size, self.max_size)
        names = [entry.name for entry in self.schedule]
        if len(names) != len(set(names)):
            raise validation_error("scheduled sizes must have different names", fix="Rename one of them.")
        return self


def _require_order(min_size: int, max_size: int) -> None:
    if min_size > max_size:
        raise validation_error(
            f"min_size {min_size} must not be above max_size {max_size}",
            fix="Raise max_size or lower min_size.",
        )
