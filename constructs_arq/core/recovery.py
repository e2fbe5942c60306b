"""Recovery objectives: the time until a data set is available again after a loss, and what is lost of it."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from pydantic import Field, field_validator

from constructs_arq.core.config import Config, validation_error
from constructs_arq.core.values import LiteralText

_SHORTEST_REASON: Final = 15
_MINUTE, _HOUR = 60, 3600


class Loss(StrEnum):
    """A loss. A table stands for each error of an operator, also a deleted file, image or secret."""

    INSTANCE = "instance"
    ZONE = "zone"
    TABLE = "table"
    DATABASE = "database"
    REGION = "region"
    ACCOUNT = "account"


class DataSet(StrEnum):
    """A part that is recovered. Services have no data of their own: they lose what the database loses."""

    SERVICES = "services"
    DATABASE = "database"
    CACHE = "cache"
    SITE = "site"
    STATE = "state"
    IMAGES = "images"
    SECRETS = "secrets"
    QUEUE = "queue"
    METRICS = "metrics"
    LOGS = "logs"


AFFECTED: Final[Mapping[Loss, tuple[DataSet, ...]]] = MappingProxyType(
    {
        Loss.INSTANCE: (
            DataSet.SERVICES,
            DataSet.DATABASE,
            DataSet.CACHE,
            DataSet.METRICS,
            DataSet.LOGS,
        ),
        Loss.ZONE: tuple(DataSet),
        Loss.TABLE: (DataSet.DATABASE, DataSet.SITE, DataSet.STATE, DataSet.IMAGES, DataSet.SECRETS),
        Loss.DATABASE: (DataSet.SERVICES, DataSet.DATABASE),
        Loss.REGION: tuple(DataSet),
        Loss.ACCOUNT: (
            DataSet.SERVICES,
            DataSet.DATABASE,
            DataSet.SITE,
            DataSet.STATE,
            DataSet.IMAGES,
            DataSet.SECRETS,
        ),
    }
)
"""The data sets that each loss affects. An account takes cache, queue, metrics and logs with it for good."""


class Recovery(Config):
    """An objective: `rto` until the data set is available again, with all changes older than `rpo`.

    `rpo` is None if the contents may be lost. The time counts from the loss, and for an error of an operator
    from its report.
    """

    rto: timedelta = Field(description="Longest time until the data set is available again.")
    rpo: timedelta | None = Field(description="Longest time of lost changes. None: all may be lost.")

    @field_validator("rto", "rpo")
    @classmethod
    def _require_no_negative_time(cls, value: timedelta | None) -> timedelta | None:
        if value is not None and value < timedelta(0):
            raise validation_error("must not be negative", fix="Use minutes(0) or more.")
        return value

    def __str__(self) -> str:
        return f"RTO {format_time(self.rto)}, RPO {format_loss(self.rpo)}"


class NotRecovered(Config):
    """States that a data set is not recovered, why that is accepted, and by whom."""

    reason: LiteralText = Field(description="The lost data, and why that is accepted.")
    accepted_by: LiteralText = Field(
        min_length=3, description="Address of the person or the board that decided, and answers for the data."
    )

    @field_validator("reason")
    @classmethod
    def _require_a_sentence(cls, reason: str) -> str:
        if len(reason.strip()) < _SHORTEST_REASON:
            raise validation_error(
                "must explain why the loss is accepted",
                fix="Write a sentence: the lost data, and the change that would keep it.",
            )
        return reason

    def __str__(self) -> str:
        return f"not recovered: {self.reason} (accepted by {self.accepted_by})"


RecoveryObjectives = Mapping[Loss, Mapping[DataSet, Recovery | NotRecovered]]
"""The objectives of an environment: one for each data set that it has, for each loss that affects it."""


def minutes(number: float) -> timedelta:
    """Return a time in minutes."""
    return timedelta(minutes=number)


def hours(number: float) -> timedelta:
    """Return a time in hours."""
    return timedelta(hours=number)


def format_time(time: timedelta) -> str:
    """Return a time as text, rounded up to seconds, from an hour on to minutes: `15 min`, `4 h 38 min`."""
    seconds = -(-time // timedelta(seconds=1))
    if seconds < _MINUTE:
        return f"{seconds} s" if seconds else "0"
    if seconds < _HOUR:
        whole, rest = divmod(seconds, _MINUTE)
        return f"{whole} min {rest} s" if rest else f"{whole} min"
    whole, rest = divmod(-(-seconds // _MINUTE), _MINUTE)
    return f"{whole} h {rest} min" if rest else f"{whole} h"


def format_loss(time: timedelta | None) -> str:
    """Return the time of lost changes as text: `all` for None."""
    return "all" if time is None else format_time(time)
