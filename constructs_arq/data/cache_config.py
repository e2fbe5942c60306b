"""What an environment may vary about a cache."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from constructs_arq.core.config import Config, validation_error
from constructs_arq.data.windows import DailyWindow, WeeklyWindow, require_apart
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
# Keeps part of its data on disk, which changes more than its size.
_TIERED = "cache.r6gd."


def _node_type(value: str) -> str:
    if not _NODE_TYPE.fullmatch(value) or value.startswith(_TIERED):
        raise validation_error(
            "must be an ElastiCache node type without data tiering", fix='Use one such as "cache.r7g.large".'
        )
    return value


NodeType = Annotated[str, AfterValidator(_node_type)]


class CacheConfig(Config):
    """What an environment may vary about a Valkey or Redis cache on ElastiCache. Windows are in UTC.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html
    """

    engine: Literal["valkey", "redis"] = Field(default="valkey", description="Valkey, or Redis OSS.")
    version: str = Field(
        default="8.1",
        pattern=r"^([7-9]|[1-9]\d)\.\d$",
        description='Major and minor version, 7.0 or newer for IAM; such as "8.1".',
    )
    node_type: NodeType = Field(description='The node type, such as "cache.r7g.large".')
    shards: int = Field(
        default=1,
        ge=1,
        le=500,
        description="Parts that the keys are spread over. Several want clients that speak cluster mode.",
    )
    replicas_per_shard: int = Field(
        default=1, ge=0, le=5, description="Copies in other zones. With one or more, a copy takes over."
    )
    eviction: Eviction = Field(
        default="volatile-lru", description="What goes when memory is full: maxmemory-policy."
    )
    snapshot_days: int = Field(default=7, ge=1, le=35, description="Days that daily snapshots are kept.")
    log_retention_days: RetentionDays = Field(default=365, description="Days that logs are kept.")
    snapshot_window: DailyWindow = Field(default="02:00-03:00", description="When the snapshot is taken.")
    maintenance_window: WeeklyWindow = Field(default="sun:03:30-sun:04:30", description="When AWS patches.")

    @model_validator(mode="after")
    def _windows_apart(self) -> Self:
        require_apart(daily=self.snapshot_window, weekly=self.maintenance_window)
        return self

    @model_validator(mode="after")
    def _redis_ends_at_seven(self) -> Self:
        if self.engine == "redis" and not self.version.startswith("7."):
            raise validation_error(
                f"engine redis ends at 7.1 on ElastiCache, it has no {self.version}",
                fix='Use engine="valkey", or version="7.1".',
            )
        return self

    @model_validator(mode="after")
    def _shards_have_replicas(self) -> Self:
        if self.shards > 1 and self.replicas_per_shard == 0:
            raise validation_error(
                "several shards need replicas: the loss of one node would lose a part of the keys",
                fix="Set replicas_per_shard to 1 or more.",
            )
        return self
