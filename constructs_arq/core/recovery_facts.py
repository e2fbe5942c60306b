"""The facts about a configuration that decide how it recovers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from constructs_arq.core.recovery import AFFECTED, DataSet, Loss


@dataclass(frozen=True, kw_only=True)
class RecoveryFacts:
    """The values of a configuration that decide about recovery. Replicas exclude the primary.

    With `internet_in_each_zone`, no zone needs the NAT gateway of another one.
    `database_gib` is the largest size that the database can grow to. `standby` is a standby in the backup
    region: a network, a cluster with the services, a read replica, an empty cache and queue, and copies of
    images and secrets. With `standby_origin`, CloudFront can send requests there without a deployment.
    `backup_copies` are copies of the daily backups in the backup region, `account_copies` in another account.
    """

    internet_in_each_zone: bool
    pager: bool
    database_standby: bool
    database_replicas: int
    database_copy: bool
    database_gib: int
    cache_replicas: int
    metrics_replicas: int
    logs_replicas: int
    has_secrets: bool
    has_queue: bool
    standby: bool
    standby_origin: bool
    backup_copies: bool
    account_copies: bool

    @property
    def pairs(self) -> Iterator[tuple[Loss, DataSet]]:
        """The losses, each with the data sets that it affects and that the configuration has."""
        absent = {
            each
            for each, exists in ((DataSet.SECRETS, self.has_secrets), (DataSet.QUEUE, self.has_queue))
            if not exists
        }
        for loss, data_sets in AFFECTED.items():
            for data_set in data_sets:
                if data_set not in absent:
                    yield loss, data_set


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change of a configuration: how a user writes it, and the facts that it changes."""

    text: str
    facts: Mapping[str, bool | int]
