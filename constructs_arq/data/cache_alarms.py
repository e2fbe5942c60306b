"""CloudWatch alarms of cache nodes.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.WhichShouldIMonitor.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from constructs_arq.core.alarm import Alarm, MissingData, Severity

_NAMESPACE = "AWS/ElastiCache"
_CPU_PERCENT = 90
_MEMORY_PERCENT = 85
_CONNECTIONS_RATIO = 0.80
_LAG_SECONDS = 30
# Lower rates are normal for a cache with eviction.
_EVICTIONS_PER_MINUTE = 1_000

# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html
_MAX_CLIENTS = 65_000
_MAX_CLIENTS_BURSTABLE = 20_000  # some types accept more


@dataclass(frozen=True, kw_only=True)
class _Node:
    """A cache node. `name` is literal text; `name_ref` is the same name as a Terraform reference."""

    name: str
    name_ref: str
    suffix: str

    @property
    def dimensions(self) -> dict[str, str]:
        return {"CacheClusterId": self.name_ref}


def cache_alarms(
    *, name: str, name_ref: str, shards: int, replicas_per_shard: int, node_type: str, evicts: bool
) -> tuple[Alarm, ...]:
    """Return the alarms of every node. ElastiCache publishes metrics for each node.

    `name` is the name of the cache as literal text, `name_ref` as a Terraform reference.
    """
    alarms: list[Alarm] = []
    for suffix in _node_suffixes(shards, replicas_per_shard):
        node = _Node(name=f"{name}-{suffix}", name_ref=f"{name_ref}-{suffix}", suffix=suffix)
        alarms += [
            *_load_alarms(node, node_type, is_alone=not replicas_per_shard),
            *_memory_alarms(node, evicts=evicts),
        ]
        if replicas_per_shard:
            alarms.append(_lag_alarm(node))
    return tuple(alarms)


def _node_suffixes(shards: int, replicas_per_shard: int) -> list[str]:
    """Return the node name suffixes of ElastiCache. A replaced node keeps its suffix."""
    groups = [""] if shards == 1 else [f"{shard:04}-" for shard in range(1, shards + 1)]
    return [f"{group}{node:03}" for group in groups for node in range(1, replicas_per_shard + 2)]


def _load_alarms(node: _Node, node_type: str, *, is_alone: bool) -> Iterator[Alarm]:
    """Yield the alarms on load. The silence of a node pages only if no other has its data.

    A failed node is silent for minutes until its replacement runs, and a replica serves in the meantime. The
    alarm on evictions reports it.
    """
    burstable = node_type.startswith("cache.t")
    max_clients = _MAX_CLIENTS_BURSTABLE if burstable else _MAX_CLIENTS
    yield Alarm(
        name=f"cpu-{node.suffix}",
        runbook="cache-cpu",
        summary=f"The engine's one thread on {node.name} has been busy for three minutes"
        + (", or is silent" if is_alone else ""),
        severity=Severity.CRITICAL,
        namespace=_NAMESPACE,
        metric="EngineCPUUtilization",
        dimensions=node.dimensions,
        threshold=_CPU_PERCENT,
        missing_data=MissingData.BREACHING if is_alone else MissingData.NOT_BREACHING,
        evaluations=3,
    )
    yield Alarm(
        name=f"connections-{node.suffix}",
        runbook="cache-connections",
        summary=f"{node.name} has few connections left; find who opens them and doesn't close them",
        severity=Severity.CRITICAL,
        namespace=_NAMESPACE,
        metric="CurrConnections",
        dimensions=node.dimensions,
        threshold=max_clients * _CONNECTIONS_RATIO,
        statistic="Maximum",
        evaluations=3,
    )


def _memory_alarms(node: _Node, *, evicts: bool) -> Iterator[Alarm]:
    yield Alarm(
        name=f"memory-{node.suffix}",
        runbook="cache-memory",
        summary=f"{node.name} is nearly full; "
        + ("it will throw keys away" if evicts else "it will refuse to take more"),
        severity=Severity.WARNING if evicts else Severity.CRITICAL,
        namespace=_NAMESPACE,
        metric="DatabaseMemoryUsagePercentage",
        dimensions=node.dimensions,
        threshold=_MEMORY_PERCENT,
        evaluations=5 if evicts else 3,
    )
    yield Alarm(
        name=f"evictions-{node.suffix}",
        runbook="cache-evictions",
        summary=f"{node.name} throws away more than {_EVICTIONS_PER_MINUTE} keys a minute, or is silent",
        severity=Severity.WARNING,
        namespace=_NAMESPACE,
        metric="Evictions",
        dimensions=node.dimensions,
        threshold=_EVICTIONS_PER_MINUTE,
        statistic="Sum",
        missing_data=MissingData.BREACHING,
    )


def _lag_alarm(node: _Node) -> Alarm:
    """Return the alarm for a node. Primaries need one too: after a failover they are replicas."""
    return Alarm(
        name=f"lag-{node.suffix}",
        runbook="cache-lag",
        summary=f"{node.name} is more than {_LAG_SECONDS} seconds behind its primary",
        severity=Severity.WARNING,
        namespace=_NAMESPACE,
        metric="ReplicationLag",
        dimensions=node.dimensions,
        threshold=_LAG_SECONDS,
    )
