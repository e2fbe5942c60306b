"""Configuration of how a fleet replaces its instances."""

from typing import Self

from pydantic import Field, field_validator, model_validator

from constructs_arq.core.config import Config, validation_error

_ALL_PERCENT = 100


class MaintenanceConfig(Config):
    """Bounds of the fleet size during instance replacement, and the pauses of an instance refresh.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-instance-maintenance-policy.html
    """

    min_healthy_percent: int = Field(
        default=100, ge=0, le=100, description="100 launches a new instance before it terminates the old one."
    )
    max_healthy_percent: int = Field(default=120, ge=100, le=200)
    checkpoint_percents: tuple[int, ...] = Field(
        default=(), description="Shares of replaced instances at which an instance refresh pauses."
    )
    checkpoint_seconds: int = Field(
        default=600, ge=0, le=172_800, description="Length of each pause at a checkpoint."
    )
    # The rollback alarms need three minutes of data from the last instance.
    bake_seconds: int = Field(
        default=300,
        ge=0,
        le=172_800,
        description="Time after the last replacement in which an alarm still rolls back the refresh.",
    )

    @field_validator("checkpoint_percents")
    @classmethod
    def _require_ascending_percents(cls, percents: tuple[int, ...]) -> tuple[int, ...]:
        if percents != tuple(sorted(set(percents))) or not all(0 < each < _ALL_PERCENT for each in percents):
            raise validation_error(
                "must be ascending percentages between 1 and 99", fix="Sort them, and remove duplicates."
            )
        return percents

    @model_validator(mode="after")
    def _require_replacement_room(self) -> Self:
        room = self.max_healthy_percent - self.min_healthy_percent
        if not 0 < room <= _ALL_PERCENT:
            raise validation_error(
                f"must leave 1 to 100 percent between min_healthy_percent {self.min_healthy_percent} and "
                f"max_healthy_percent {self.max_healthy_percent}; otherwise no instance can be replaced",
                fix="Lower min_healthy_percent or raise max_healthy_percent.",
            )
        return self
