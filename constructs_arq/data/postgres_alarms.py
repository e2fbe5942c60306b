"""CloudWatch alarms of PostgreSQL instances, replicas and proxies.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
"""

from collections.abc import Iterator, Mapping

from constructs_arq.core.alarm import Alarm, Comparison, MissingData, Severity
from constructs_arq.data.instance_class import GIB, max_connections, memory_bytes

_NAMESPACE = "AWS/RDS"
_CPU_PERCENT = 90
_FREE_MEMORY_RATIO = 0.05
# RDS adds storage below 10 % free space. Less than 5 % means that it can't: storage is at its maximum, or RDS
# added some in the last six hours. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
_FREE_STORAGE_RATIO = 0.05
_CONNECTIONS_RATIO = 0.80
# At gp3's 3,000 operations per second, each then waits 20 ms: twenty times the normal latency.
_QUEUED_OPERATIONS = 64
# A replica reports up to five minutes of lag if the source has no writes.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Monitoring.html
_LAG_SECONDS = 300
# PostgreSQL rejects writes at about twice this number. Autovacuum starts at a fifth of it.
_USED_TRANSACTION_IDS = 1_000_000_000
_BORROW_LATENCY_MICROSECONDS = 1_000_000


def instance_alarms(*, identifier: str, instance_class: str, storage_gib: int) -> tuple[Alarm, ...]:
    """Return the alarms of an instance: CPU, memory, connections, storage and disk queue."""
    dimensions = {"DBInstanceIdentifier": identifier}
    return (
        *_instance_class_alarms(identifier, dimensions, instance_class),
        *_storage_alarms(identifier, dimensions, storage_gib),
    )


def _instance_class_alarms(
    identifier: str, dimensions: Mapping[str, str], instance_class: str
) -> Iterator[Alarm]:
    max_client_connections = max_connections(instance_class)
    yield Alarm(
        name="cpu",
        summary=f"{identifier} has been out of CPU for five minutes, or says nothing any more",
        severity=Severity.CRITICAL,
        namespace=_NAMESPACE,
        metric="CPUUtilization",
        dimensions=dimensions,
        threshold=_CPU_PERCENT,
        # A running instance always reports its CPU.
        missing_data=MissingData.BREACHING,
    )
    yield Alarm(
        name="memory",
        summary=f"{identifier} has less than a twentieth of its memory left",
        severity=Severity.WARNING,
        namespace=_NAMESPACE,
        metric="FreeableMemory",
        dimensions=dimensions,
        threshold=memory_bytes(instance_class) * _FREE_MEMORY_RATIO,
        comparison=Comparison.BELOW,
    )
    yield Alarm(
        name="connections",
        summary=f"{identifier} has few of its {max_client_connections} connections left",
        severity=Severity.CRITICAL,
        namespace=_NAMESPACE,
        metric="DatabaseConnections",
        dimensions=dimensions,
        threshold=max_client_connections * _CONNECTIONS_RATIO,
        statistic="Maximum",
    )


def _storage_alarms(identifier: str, dimensions: Mapping[str, str], storage_gib: int) -> Iterator[Alarm]:
    yield Alarm(
        name="storage",
        summary=f"{identifier} has less than a twentieth of {storage_gib} GiB left; full, it stops",
        severity=Severity.CRITICAL,
        namespace=_NAMESPACE,
        metric="FreeStorageSpace",
        dimensions=dimensions,
        threshold=storage_gib * GIB * _FREE_STORAGE_RATIO,
        comparison=Comparison.BELOW,
        statistic="Minimum",
    )
    yield Alarm(
        name="disk-queue",
        summary=f"{identifier} asks more of its disk than the disk can do",
        severity=Severity.WARNING,
        namespace=_NAMESPACE,
        metric="DiskQueueDepth",
        dimensions=dimensions,
        threshold=_QUEUED_OPERATIONS,
    )


def wraparound_alarm(*, identifier: str) -> Alarm:
    """Return the transaction ID wraparound alarm of a database.

    https://aws.amazon.com/blogs/database/implement-an-early-warning-system-for-transaction-id-wraparound-in-amazon-rds-for-postgresql/
    """
    return Alarm(
        name="transaction-ids",
        summary=f"{identifier} is halfway to refusing writes: find what keeps vacuum from freezing rows",
        severity=Severity.CRITICAL,
        namespace=_NAMESPACE,
        metric="MaximumUsedTransactionIDs",
        dimensions={"DBInstanceIdentifier": identifier},
        threshold=_USED_TRANSACTION_IDS,
        statistic="Maximum",
    )


def lag_alarm(*, identifier: str) -> Alarm:
    """Return the replication lag alarm of a read replica."""
    return Alarm(
        name="lag",
        summary=f"{identifier} is more than {_LAG_SECONDS} seconds behind, or has stopped replicating",
        severity=Severity.WARNING,
        namespace=_NAMESPACE,
        metric="ReplicaLag",
        dimensions={"DBInstanceIdentifier": identifier},
        threshold=_LAG_SECONDS,
        missing_data=MissingData.BREACHING,
    )


def proxy_alarm(*, proxy_name: str) -> Alarm:
    """Return the alarm for clients of a proxy that wait for a connection."""
    return Alarm(
        name="proxy-waits",
        summary=f"Clients of {proxy_name} wait a second and more for a connection to the database",
        severity=Severity.CRITICAL,
        namespace=_NAMESPACE,
        metric="DatabaseConnectionsBorrowLatency",
        dimensions={"ProxyName": proxy_name},
        threshold=_BORROW_LATENCY_MICROSECONDS,
    )
