"""The values of a standby, and the environment that they make in the backup region."""

from typing import TYPE_CHECKING

from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.errors import ArqError
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.data.cache_config import CacheConfig
from constructs_arq.network.config import NetworkConfig
from constructs_arq.observability.subscribers import Subscribers
from constructs_arq.platform.loki_settings import LokiConfig
from constructs_arq.platform.prometheus_config import PrometheusConfig

if TYPE_CHECKING:
    from environments.environment import Environment

STANDBY_SUFFIX = "-standby"
"""The name of a standby and of its stack is that of its environment with this suffix."""


class StandbyConfig(Config):
    """A standby in the backup region: what runs there before a failover, and whether it has happened.

    It has the environment's own versions, pods, instance classes and access. These values are its size while
    it waits: `docs/failover.md`.
    """

    network: NetworkConfig
    nodes: int = Field(
        default=2, ge=1, description="Nodes of each node group before a failover; Karpenter adds the others."
    )
    cache: CacheConfig = Field(description="A cache without data: its sessions do not cross regions.")
    api_scaling: ScalingPolicy = Field(description="Pods of the API, of which the least always run.")
    prometheus: PrometheusConfig = PrometheusConfig(series=100_000, replicas=1, alertmanager_replicas=1)
    loki: LokiConfig = LokiConfig(highly_available=False, cpu_millicores=250, memory_mib=1024)
    approvers: Subscribers = Field(description="Subscribers whom a switch asks for approval.")
    api_origin_id: str | None = Field(
        default=None,
        pattern=r"^vo_[A-Za-z0-9]+$",
        description="Id of the standby's VPC origin, the output `api_origin_id` of its stack. Without it, "
        "CloudFront can't send requests there: set it after the standby's first deployment.",
    )
    region_switch_arn: str | None = Field(
        default=None,
        pattern=r"^arn:aws:cloudfront::\d{12}:key-value-store/[0-9a-f-]{36}$",
        description="ARN of the key value store that decides which region serves. Without it, the commands "
        "of a failover read it from CloudFront, which needs us-east-1.",
    )
    promoted: bool = Field(
        default=False,
        description="Set True after a failover: the standby then has the environment's own size, runs all "
        "jobs, and keeps its state in the backup region.",
    )


def promote_standby(env: "Environment") -> "Environment":
    """Return an environment with a standby as it is after a failover.

    Raises:
        ArqError: if it has none.
    """
    if env.standby is None:
        raise ArqError(f"{env.name} has no standby")
    return env.model_copy(update={"standby": env.standby.model_copy(update={"promoted": True})})


def standby_environment(env: "Environment", standby: StandbyConfig) -> "Environment":
    """Return the environment that runs in the backup region.

    It differs from `env` in its region, network, name and size. Its database has no proxy, because RDS Proxy
    accepts no replica, and no replicas of its own.
    """
    promoted = standby.promoted
    database = {"proxy": False, "read_replicas": {}, "multi_az": promoted and env.database.multi_az}
    update: dict[str, object] = {
        "name": f"{env.name}{STANDBY_SUFFIX}",
        "region": env.backup_region,
        "backup_region": env.region,
        "primary": env,
        "standby": None,
        "network": standby.network,
        "database": env.database.model_copy(update=database),
        "log_forwarder": None,
    }
    if not promoted:
        groups = {
            name: group.model_copy(update={"nodes": standby.nodes, "schedule": ()})
            for name, group in env.cluster.node_groups.items()
        }
        update |= {
            "cluster": env.cluster.model_copy(update={"node_groups": groups}),
            "cache": standby.cache,
            "shop": env.shop.model_copy(
                update={"api": env.shop.api.model_copy(update={"scaling": standby.api_scaling})}
            ),
            "prometheus": standby.prometheus,
            "loki": standby.loki,
        }
    return env.model_copy(update=update)
