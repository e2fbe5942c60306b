"""By which metrics the nodes of a cache are watched.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.WhichShouldIMonitor.html
"""

from collections.abc import Iterator, Mapping

from constructs_arq.core.alarm import Alarm, MissingData, Severity

_NAMESPACE = "AWS/ElastiCache"
_CPU_PERCENT = 90
_MEMORY_PERCENT = 85
_CONNECTIONS = 0.80
_LAG_SECONDS = 30
_EVICTIONS_PER_MINUTE = 1_000

# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html
_MOST_CLIENTS = 65_000
_MOST_CLIENTS_OF_SMALL_NODES = 20_000


def node_suffixes(*, shards: int, replicas_per_shard: int) -> list[str]:
    """Give what ElastiCache adds to a cache's name for each node; one that is replaced keeps its own."""
    groups = [""] if shards == 1 else [f"{shard:04}-" for shard in range(1, shards + 1)]
    return [f"{group}{node:03}" for group in groups for node in range(1, replicas_per_shard + 2)]


def cache_alarms(
    *, name: str, reference: str, suffixes: list[str], node_type: str, evicts: bool
) -> tuple[Alarm, ...]:
    """Give the alarms of every node, as the metrics of a cache are those of its nodes.

    `name` is the cache's in words, `reference` the same as Terraform's reference.
    """
    return tuple(
        alarm
        for suffix in suffixes
        for alarm in _node_alarms(
            f"{name}-{suffix}",
            suffix=suffix,
            dimensions={"CacheClusterId": f"{reference}-{suffix}"},
            node_type=node_type,
            evicts=evicts,
        )
    )


def _node_alarms(
    node: str, *, suffix: str, dimensions: Mapping[str, str], node_type: str, evicts: bool
) -> Iterator[Alarm]:
    small = node_type.endswith((".micro", ".small"))
    yield Alarm(
        name=f"cpu-{suffix}",
        summary=f"The engine's one thread on {node} has been busy for five minutes, or says nothing any more",
        severity=Severity.CRITICAL,
        namespace=_NAMESPACE,
        metric="EngineCPUUtilization",
        dimensions=dimensions,
        threshold=_CPU_PERCENT,
        missing_data=MissingData.BREACHING,
    )
    yield Alarm(
        name=f"memory-{suffix}",
        summary=f"{node} is nearly full; "
        + ("it will throw keys away" if evicts else "it will refuse to take more"),
        severity=Severity.WARNING if evicts else Severity.CRITICAL,
        namespace=_NAMESPACE,
        metric="DatabaseMemoryUsagePercentage",
        dimensions=dimensions,
        threshold=_MEMORY_PERCENT,
    )
    yield Alarm(
        name=f"connections-{suffix}",
        summary=f"{node} has few connections left; find who opens them and doesn't close them",
        severity=Severity.CRITICAL,
        namespace=_NAMESPACE,
        metric="CurrConnections",
        dimensions=dimensions,
        threshold=(_MOST_CLIENTS_OF_SMALL_NODES if small else _MOST_CLIENTS) * _CONNECTIONS,
        statistic="Maximum",
    )
    yield Alarm(
        name=f"lag-{suffix}",
        summary=f"{node} is more than {_LAG_SECONDS} seconds behind its primary",
        severity=Severity.WARNING,
        namespace=_NAMESPACE,
        metric="ReplicationLag",
        dimensions=dimensions,
        threshold=_LAG_SECONDS,
    )
    yield Alarm(
        name=f"evictions-{suffix}",
        summary=f"{node} throws away more than {_EVICTIONS_PER_MINUTE} keys a minute: it is too small",
        severity=Severity.WARNING,
        namespace=_NAMESPACE,
        metric="Evictions",
        dimensions=dimensions,
        threshold=_EVICTIONS_PER_MINUTE,
        statistic="Sum",
    )
