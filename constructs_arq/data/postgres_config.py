"""Configuration of a PostgreSQL database."""

import math
import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from constructs_arq.core.config import Config, validation_error
from constructs_arq.core.values import Slug
from constructs_arq.data.instance_class import InstanceClass
from constructs_arq.data.time_windows import DailyWindow, WeeklyWindow, require_no_overlap
from constructs_arq.storage.log_group import RetentionDays

# RDS requires at least 20 GiB of gp3.
_MIN_STORAGE_GIB, _MAX_STORAGE_GIB = 20, 65_536
# With less room, RDS warns from the first day that storage approaches its maximum.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
_MIN_GROWTH_FACTOR = 1.26
_VERSION = re.compile(r"\d{2}")
# Older versions were past standard support at the first release of this library.
_MIN_VERSION = 14


def _validate_version(version: str) -> str:
    if not _VERSION.fullmatch(version) or int(version) < _MIN_VERSION:
        raise validation_error(
            f"must be a PostgreSQL major version from {_MIN_VERSION} on",
            fix='Use a supported version such as "18".',
        )
    return version


PostgresVersion = Annotated[str, AfterValidator(_validate_version)]


def smallest_growth(storage_gib: int) -> int:
    """Return the smallest maximum of automatic growth for an initial storage, both in GiB."""
    return math.ceil(storage_gib * _MIN_GROWTH_FACTOR)


class ReplicaConfig(Config):
    """Settings of a read replica that an environment can vary."""

    instance_class: InstanceClass | None = Field(
        default=None, description="Instance class; defaults to the class of the database."
    )
    multi_az: bool = Field(default=False, description="Run a standby of the replica in a second zone.")


class PostgresConfig(Config):
    """Settings of a PostgreSQL database that an environment can vary. Time windows are in UTC.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_PostgreSQL.html
    """

    version: PostgresVersion = Field(
        description='Major version such as "17"; RDS installs minor versions in the maintenance window.'
    )
    instance_class: InstanceClass = Field(description='RDS instance class such as "db.r7g.large".')
    storage_gib: int = Field(ge=_MIN_STORAGE_GIB, le=_MAX_STORAGE_GIB, description="Initial storage, in GiB.")
    max_storage_gib: int = Field(
        ge=_MIN_STORAGE_GIB, le=_MAX_STORAGE_GIB, description="Maximum storage for automatic growth, in GiB."
    )
    database_name: str = Field(
        default="app",
        pattern=r"^[a-z][a-z0-9_]{0,62}$",
        description="Name of the initial database; a change replaces the instance with an empty one.",
    )
    multi_az: bool = Field(default=True, description="Run a standby in a second zone for failover.")
    backup_days: int = Field(default=35, ge=1, le=35, description="Point-in-time recovery period, in days.")
    replicate_backups: bool = Field(default=True, description="Copy backups to the stack's backup region.")
    read_replicas: Mapping[Slug, ReplicaConfig] = Field(
        default_factory=dict,
        max_length=15,
        description="Read replicas by name; a changed name replaces the replica.",
    )
    proxy: bool = Field(default=False, description="Share client connections through RDS Proxy.")
    allow_major_upgrade: bool = Field(
        default=False,
        description="Set True in the change that raises version: the deployment then upgrades at once. "
        "A deployment before it must remove the read replicas.",
    )
    database_insights: Literal["standard", "advanced"] = Field(
        default="standard",
        description="Retention of query statistics: 7 days (standard) or 15 months (advanced).",
    )
    monitoring_seconds: Literal[15, 30, 60] = Field(
        default=60, description="Interval of operating system metrics, in seconds."
    )
    log_retention_days: RetentionDays = Field(default=365, description="Log retention, in days.")
    backup_window: DailyWindow = Field(default="02:00-03:00", description="Time of the daily snapshot.")
    maintenance_window: WeeklyWindow = Field(
        default="sun:03:30-sun:04:30",
        description="Time of AWS maintenance and of changes that need a restart.",
    )

    @model_validator(mode="after")
    def _require_no_window_overlap(self) -> Self:
        require_no_overlap(daily=self.backup_window, weekly=self.maintenance_window)
        return self

    @model_validator(mode="after")
    def _require_growth_room(self) -> Self:
        if self.max_storage_gib < smallest_growth(self.storage_gib):
            raise validation_error(
                f"max_storage_gib {self.max_storage_gib} must be at least 26 % above "
                f"storage_gib {self.storage_gib}",
                fix="Raise max_storage_gib; AWS bills only the allocated storage.",
            )
        return self

    @model_validator(mode="after")
    def _require_no_replicas_in_major_upgrade(self) -> Self:
        if self.allow_major_upgrade and self.read_replicas:
            raise validation_error(
                "allow_major_upgrade needs an instance without read replicas, got "
                f"{', '.join(self.read_replicas)}: a replica can't have the new version's parameter group "
                "before the upgrade",
                fix="Deploy read_replicas={} first; `arqctl runbook upgrade ENV` shows each step.",
            )
        return self
