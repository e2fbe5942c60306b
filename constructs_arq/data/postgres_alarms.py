"""CloudWatch alarms of PostgreSQL instances, replicas and proxies.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cdktf_cdktf_provider_aws.db_instance import DbInstance

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


@dataclass(frozen=True)
class InstanceName:
    """The identifier of an instance as literal text, and as a Terraform reference.

    With the reference, Terraform creates alarms after the instance. Earlier, an alarm that takes missing data
    for a breach would notify.
    """

    text: str
    ref: str

    @property
    def dimensions(self) -> dict[str, str]:
        """The dimensions of the instance's metrics."""
        return {"DBInstanceIdentifier": self.ref}


@dataclass(frozen=True)
class Storage:
    """The initial storage of an instance, and a Terraform reference to its present storage."""

    initial_gib: int
    ref: str = ""


def storage_of(instance: DbInstance, *, initial_gib: int) -> Storage:
    """Return the storage of an instance that RDS may grow."""
    address = f"{instance.terraform_resource_type}.{instance.friendly_unique_id}"
    return Storage(initial_gib, ref=f"{address}.allocated_storage")


def instance_alarms(instance: InstanceName, *, instance_class: str, storage: Storage) -> tuple[Alarm, ...]:
    """Return the alarms of an instance: CPU, memory, connections, storage and disk queue."""
    return (
        *_instance_class_alarms(instance, instance_class),
        *_storage_alarms(instance, storage),
    )


def _instance_class_alarms(instance: InstanceName, instance_class: str) -> Iterator[Alarm]:
    max_client_connections = max_connections(instance_class)
    yield Alarm(
        name="cpu",
        runbook="database-cpu",
        summary=f"{instance.text} has been out of CPU for three minutes, or says nothing any more",
        severity=Severity.CRITICAL,
        namespace=_NAMESPACE,
        metric="CPUUtilization",
        dimensions=instance.dimensions,
        threshold=_CPU_PERCENT,
        # A running instance always reports its CPU.
        missing_data=MissingData.BREACHING,
        evaluations=3,
    )
    yield Alarm(
        name="memory",
        runbook="database-memory",
        summary=f"{instance.text} has less than a twentieth of its memory left",
        severity=Severity.WARNING,
        namespace=_NAMESPACE,
        metric="FreeableMemory",
        dimensions=instance.dimensions,
        threshold=memory_bytes(instance_class) * _FREE_MEMORY_RATIO,
        comparison=Comparison.BELOW,
    )
    yield Alarm(
        name="connections",
        runbook="database-connections",
        summary=f"{instance.text} has few of its {max_client_connections} connections left",
        severity=Severity.CRITICAL,
        namespace=_NAMESPACE,
        metric="DatabaseConnections",
        dimensions=instance.dimensions,
        threshold=busy_connections(instance_class),
        statistic="Maximum",
        evaluations=3,
    )


def busy_connections(instance_class: str) -> float:
    """Return the number of connections above which few are left."""
    return max_connections(instance_class) * _CONNECTIONS_RATIO


def _storage_alarms(instance: InstanceName, storage: Storage) -> Iterator[Alarm]:
    yield Alarm(
        name="storage",
        runbook="database-storage",
        summary=f"{instance.text} has less than a twentieth of its storage left; full, it stops",
        severity=Severity.CRITICAL,
        namespace=_NAMESPACE,
        metric="FreeStorageSpace",
        dimensions=instance.dimensions,
        threshold=storage.initial_gib * GIB * _FREE_STORAGE_RATIO,
        # RDS adds storage without Terraform. The next deployment sets the threshold for the present storage.
        threshold_ref=f"{storage.ref} * {GIB * _FREE_STORAGE_RATIO}" if storage.ref else "",
        comparison=Comparison.BELOW,
        statistic="Minimum",
        evaluations=3,
    )
    yield Alarm(
        name="disk-queue",
        runbook="database-disk-queue",
        summary=f"{instance.text} asks more of its disk than the disk can do",
        severity=Severity.WARNING,
        namespace=_NAMESPACE,
        metric="DiskQueueDepth",
        dimensions=instance.dimensions,
        threshold=_QUEUED_OPERATIONS,
    )


def wraparound_alarm(instance: InstanceName) -> Alarm:
    """Return the transaction ID wraparound alarm of a database.

    https://aws.amazon.com/blogs/database/implement-an-early-warning-system-for-transaction-id-wraparound-in-amazon-rds-for-postgresql/
    """
    return Alarm(
        name="transaction-ids",
        runbook="database-transaction-ids",
        summary=f"{instance.text} is halfway to refusing writes: find what keeps vacuum from freezing rows",
        severity=Severity.CRITICAL,
        namespace=_NAMESPACE,
        metric="MaximumUsedTransactionIDs",
        dimensions=instance.dimensions,
        threshold=_USED_TRANSACTION_IDS,
        statistic="Maximum",
        evaluations=3,
    )


def lag_alarm(instance: InstanceName) -> Alarm:
    """Return the replication lag alarm of a read replica."""
    return Alarm(
        name="lag",
        runbook="database-lag",
        summary=f"{instance.text} is more than {_LAG_SECONDS} seconds behind, or has stopped replicating",
        severity=Severity.WARNING,
        namespace=_NAMESPACE,
        metric="ReplicaLag",
        dimensions=instance.dimensions,
        threshold=_LAG_SECONDS,
        # A silent replica raises the alarm on its CPU.
    )


def proxy_alarm(proxy_name: str, *, name_ref: str) -> Alarm:
    """Return the alarm for clients of a proxy that wait for a connection."""
    return Alarm(
        name="proxy-waits",
        runbook="database-proxy-waits",
        summary=f"Clients of {proxy_name} wait a second and more for a connection to the database",
        severity=Severity.CRITICAL,
        namespace=_NAMESPACE,
        metric="DatabaseConnectionsBorrowLatency",
        dimensions={"ProxyName": name_ref},
        threshold=_BORROW_LATENCY_MICROSECONDS,
        evaluations=3,
    )
