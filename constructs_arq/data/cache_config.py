"""Configuration of a cache."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from constructs_arq.core.config import Config, validation_error
from constructs_arq.data.time_windows import DailyWindow, WeeklyWindow, require_no_overlap
from constructs_arq.storage.log_group import RetentionDays

Eviction = Literal[
    "noeviction",
    "allkeys-lru",
    "allkeys-lfu",
    "allkeys-random",
    "volatile-lru",
    "volatile-lfu",
    "volatile-random",
    "volatile-ttl",
]

_NODE_TYPE = re.compile(r"cache\.[a-z]\d[a-z]*\.(micro|small|medium|large|\d*xlarge)")
# Data tiering moves part of the data to disk, which changes the behavior of the cache.
_TIERED_PREFIX = "cache.r6gd."


def _node_type(value: str) -> str:
    if not _NODE_TYPE.fullmatch(value) or value.startswith(_TIERED_PREFIX):
        raise validation_error(
            "must be an ElastiCache node type without data tiering", fix='Use one such as "cache.r7g.large".'
        )
    return value


NodeType = Annotated[str, AfterValidator(_node_type)]


class CacheConfig(Config):
    """Settings of a cache that an environment can vary. Time windows are in UTC.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html
    """

    engine: Literal["valkey", "redis"] = Field(default="valkey", description="Valkey, or Redis OSS.")
    version: str = Field(
        default="8.1",
        pattern=r"^([7-9]|[1-9]\d)\.\d$",
        description='Major and minor version such as "8.1"; IAM needs 7.0 or newer.',
    )
    node_type: NodeType = Field(description='The node type, such as "cache.r7g.large".')
    shards: int = Field(
        default=1,
        ge=1,
        le=500,
        description="Number of shards; several shards need clients with cluster mode.",
    )
    replicas_per_shard: int = Field(
        default=1, ge=0, le=5, description="Replicas in other zones; at least one enables automatic failover."
    )
    eviction: Eviction = Field(
        default="volatile-lru", description="Eviction policy for full memory: maxmemory-policy."
    )
    snapshot_days: int = Field(default=7, ge=1, le=35, description="Retention of daily snapshots, in days.")
    log_retention_days: RetentionDays = Field(default=365, description="Log retention, in days.")
    snapshot_window: DailyWindow = Field(default="02:00-03:00", description="Time of the daily snapshot.")
    maintenance_window: WeeklyWindow = Field(
        default="sun:03:30-sun:04:30", description="Time of AWS maintenance."
    )

    @model_validator(mode="after")
    def _require_no_window_overlap(self) -> Self:
        require_no_overlap(daily=self.snapshot_window, weekly=self.maintenance_window)
        return self

    @model_validator(mode="after")
    def _require_supported_redis_version(self) -> Self:
        if self.engine == "redis" and not self.version.startswith("7."):
            raise validation_error(
                f"engine redis has no version {self.version} on ElastiCache; its last version is 7.1",
                fix='Use engine="valkey", or version="7.1".',
            )
        return self

    @model_validator(mode="after")
    def _require_replicas_with_shards(self) -> Self:
        if self.shards > 1 and self.replicas_per_shard == 0:
            raise validation_error(
                "several shards need replicas: otherwise the loss of a node loses part of the keys",
                fix="Set replicas_per_shard to 1 or more.",
            )
        return self
