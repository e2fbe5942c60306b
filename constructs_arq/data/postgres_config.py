"""What an environment may vary about a PostgreSQL database."""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from constructs_arq.core.config import Config, validation_error
from constructs_arq.core.values import Slug
from constructs_arq.data.instance_class import InstanceClass
from constructs_arq.data.versions import PostgresVersion
from constructs_arq.data.windows import DailyWindow, WeeklyWindow, require_apart
from constructs_arq.storage.log_group import RetentionDays

# RDS takes no fewer than 20 GiB of gp3.
_LEAST_GIB, _MOST_GIB = 20, 65_536
# With less room to grow, RDS warns from the first day that storage nears its maximum.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
_GROWTH = 1.26


class ReplicaConfig(Config):
    """What an environment may vary about a read replica."""

    instance_class: InstanceClass | None = Field(
        default=None, description="The replica's class; the database's own unless given."
    )
    multi_az: bool = Field(default=False, description="Whether the replica has a standby in a second zone.")


class PostgresConfig(Config):
    """What an environment may vary about a PostgreSQL database on RDS. Windows are in UTC.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_PostgreSQL.html
    """

    version: PostgresVersion = Field(
        description='Major version, such as "17". Minor ones come by themselves, in the maintenance window.'
    )
    instance_class: InstanceClass = Field(description='The RDS instance class, such as "db.r7g.large".')
    storage_gib: int = Field(ge=_LEAST_GIB, le=_MOST_GIB, description="Storage to begin with, in GiB.")
    max_storage_gib: int = Field(
        ge=_LEAST_GIB, le=_MOST_GIB, description="Storage that it may grow to by itself, in GiB."
    )
    database_name: str = Field(
        default="app",
        pattern=r"^[a-z][a-z0-9_]{0,62}$",
        description="The database made at the start. Another name means another, empty, instance.",
    )
    multi_az: bool = Field(default=True, description="Whether a standby in a second zone takes over.")
    backup_days: int = Field(
        default=35, ge=1, le=35, description="Days back to which any second can be restored."
    )
    replicate_backups: bool = Field(
        default=True, description="Whether backups are copied to the stack's backup region."
    )
    read_replicas: Mapping[Slug, ReplicaConfig] = Field(
        default_factory=dict, max_length=15, description="Read replicas, by a name that stays."
    )
    proxy: bool = Field(default=False, description="Whether clients share connections through RDS Proxy.")
    allow_major_upgrade: bool = Field(
        default=False,
        description="True in the very change that raises version: the upgrade is made when it is deployed.",
    )
    database_insights: Literal["standard", "advanced"] = Field(
        default="standard", description="How long query statistics are kept: 7 days, or 15 months."
    )
    monitoring_seconds: Literal[15, 30, 60] = Field(
        default=60, description="Seconds between readings of the operating system."
    )
    log_retention_days: RetentionDays = Field(
        default=365, description="Days that the database's logs are kept."
    )
    backup_window: DailyWindow = Field(default="02:00-03:00", description="When the daily snapshot is taken.")
    maintenance_window: WeeklyWindow = Field(
        default="sun:03:30-sun:04:30", description="When AWS patches, and changes that restart are made."
    )

    @model_validator(mode="after")
    def _windows_apart(self) -> Self:
        require_apart(daily=self.backup_window, weekly=self.maintenance_window)
        return self

    @model_validator(mode="after")
    def _storage_can_grow(self) -> Self:
        if self.max_storage_gib < self.storage_gib * _GROWTH:
            raise validation_error(
                f"max_storage_gib {self.max_storage_gib} must be at least 26 % above "
                f"storage_gib {self.storage_gib}",
                fix="Raise max_storage_gib; only what is used is paid for.",
            )
        return self
