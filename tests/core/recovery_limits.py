"""Lower limits of recovery times, from the table of figures as text. They share no code with the library."""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from constructs_arq.core import recovery_figures
from constructs_arq.core.recovery import DataSet, Loss, Recovery
from constructs_arq.core.recovery_facts import RecoveryFacts

TABLE = Path(recovery_figures.__file__).with_suffix(".toml")
RAW: Mapping[str, Mapping[str, Any]] = tomllib.loads(TABLE.read_text())
FACTOR = {"seconds": 1 / 60, "minutes": 1, "hours": 60}
# Sums of floating point numbers, in minutes.
ROUNDING = 1e-6
Limit = tuple[float, float | None]


def raw(*names: str) -> float:
    """Return the sum of figures in minutes."""
    return sum(float(RAW[name]["value"]) * FACTOR[RAW[name]["unit"]] for name in names)


def limits(facts: RecoveryFacts, loss: Loss, data_set: DataSet) -> list[Limit]:
    """Return the least times, in minutes, of all ways that could recover a data set from a loss."""
    return list(LIMITS[data_set](facts, loss))


def is_possible(objective: Recovery, least: Sequence[Limit]) -> bool:
    """Return whether a way is as fast as the objective, and loses no more."""
    rto = objective.rto.total_seconds() / 60
    rpo = None if objective.rpo is None else objective.rpo.total_seconds() / 60
    return any(
        time <= rto + ROUNDING and (rpo is None or (lost is not None and lost <= rpo + ROUNDING))
        for time, lost in least
    )


def person(facts: RecoveryFacts) -> float:
    return raw("page", "engineer-starts") if facts.pager else raw("mail-read")


def region(facts: RecoveryFacts) -> float:
    by_hand = 0 if facts.standby else raw("region-by-hand")
    return person(facts) + raw("decision") + by_hand


def account(facts: RecoveryFacts) -> float:
    return person(facts) + raw("decision", "account-by-hand")


def loaded(facts: RecoveryFacts) -> float:
    rate = float(RAW["rds-restore-rate"]["value"])
    return raw("rds-restore-start") + 60 * facts.database_gib / rate


def database_limits(facts: RecoveryFacts, loss: Loss) -> Iterator[Limit]:
    if loss in ("instance", "zone") and facts.database_standby:
        yield raw("rds-failover"), 0
    if loss == "instance":
        yield raw("rds-host-replacement"), 0
    if loss in ("instance", "database") and facts.database_replicas > 0:
        yield person(facts) + raw("rds-promotion"), raw("rds-replica-lag")
    if loss not in ("region", "account"):
        yield person(facts) + loaded(facts), raw("rds-restorable-lag")
    if loss == "region" and facts.standby:
        yield region(facts) + raw("rds-promotion"), raw("rds-region-replica-lag")
    if loss == "region" and facts.database_copy:
        yield region(facts) + loaded(facts), raw("rds-replicated-backup-lag")
    if loss == "region" and facts.backup_copies:
        yield region(facts) + loaded(facts), raw("backup-interval")
    if loss == "account" and facts.account_copies:
        yield account(facts) + loaded(facts), raw("backup-interval")


def cache_limits(facts: RecoveryFacts, loss: Loss) -> Iterator[Limit]:
    if loss in ("instance", "zone"):
        if facts.cache_replicas:
            yield raw("elasticache-failover"), raw("elasticache-failover-loss")
        yield raw("elasticache-creation") + (person(facts) if loss == "zone" else 0), None
    if loss == "region":
        yield region(facts) + (0 if facts.standby else raw("elasticache-creation")), None


def service_limits(facts: RecoveryFacts, loss: Loss) -> Iterator[Limit]:
    """Yield the time of the slowest part that requests need."""
    cache = min((time for time, _ in cache_limits(facts, loss)), default=0)
    pods = 0.0
    if loss in ("instance", "zone"):
        # All pods can be on the lost node, and they start with images from the internet.
        offline = loss == "zone" and not facts.internet_in_each_zone
        pods = raw("node-detection", "pod-eviction", "node-launch", "pod-start")
        pods += person(facts) + raw("network-creation") if offline else 0
    if loss == "region":
        switched = facts.standby and facts.standby_origin
        pods = region(facts) + raw("cloudfront-key-value" if switched else "cloudfront-deployment")
        if not facts.standby:
            pods += raw("eks-creation", "node-group-creation")
            pods = max(pods, region(facts) + raw("image-build", "cloudfront-deployment"))
    if loss == "account":
        pods = account(facts) + raw("eks-creation", "node-group-creation", "cloudfront-deployment", "dns-ttl")
    for database, lost in database_limits(facts, loss):
        yield max(database, cache, pods), lost


def file_limits(
    repair: str, copied: bool, *, automatic: bool
) -> Callable[[RecoveryFacts, Loss], Iterator[Limit]]:
    """Return the limits of objects in S3. `copied` states whether the backup region has a copy."""

    def least(facts: RecoveryFacts, loss: Loss) -> Iterator[Limit]:
        if loss == "zone":
            yield 0, 0
        if loss == "table":
            yield person(facts) + raw(repair), 0
        if loss == "region" and copied:
            start = 0 if automatic else person(facts)
            yield start, raw("s3-replication")
        if loss == "account" and (automatic or facts.account_copies):
            yield account(facts), 0 if automatic else raw("backup-interval")

    return least


def copy_limits(lag: str, again: str, undo: str) -> Callable[[RecoveryFacts, Loss], Iterator[Limit]]:
    """Return the limits of what is copied, or made again by people or a workflow."""

    def least(facts: RecoveryFacts, loss: Loss) -> Iterator[Limit]:
        if loss == "zone":
            yield 0, 0
        if loss == "table":
            yield person(facts) + raw(undo), 0
        if loss == "region" and facts.standby:
            yield 0, raw(lag)
        if loss == "region":
            yield region(facts) + raw(again), 0
        if loss == "account":
            yield account(facts) + raw(again), 0

    return least


def queue_limits(facts: RecoveryFacts, loss: Loss) -> Iterator[Limit]:
    if loss == "zone":
        yield 0, 0
    if loss == "region":
        yield region(facts), None


def volume_limits(replicas: str, lost: float | None) -> Callable[[RecoveryFacts, Loss], Iterator[Limit]]:
    def least(facts: RecoveryFacts, loss: Loss) -> Iterator[Limit]:
        if loss in ("instance", "zone") and getattr(facts, replicas) > 1:
            yield 0, 0
        if loss == "instance":
            yield raw("node-detection", "pod-eviction", "volume-attachment"), 0
        if loss == "zone":
            yield person(facts), lost
        if loss == "region":
            cluster = 0 if facts.standby else raw("eks-creation")
            yield region(facts) + cluster, None

    return least


LIMITS: dict[DataSet, Callable[[RecoveryFacts, Loss], Iterator[Limit]]] = {
    DataSet.SERVICES: service_limits,
    DataSet.DATABASE: database_limits,
    DataSet.CACHE: cache_limits,
    DataSet.SITE: file_limits("site-publication", copied=True, automatic=True),
    DataSet.STATE: file_limits("s3-version-restore", copied=True, automatic=False),
    DataSet.IMAGES: copy_limits("image-replication", "image-build", "image-build"),
    DataSet.SECRETS: copy_limits("secret-replication", "secret-entry", "secret-restore"),
    DataSet.QUEUE: queue_limits,
    DataSet.METRICS: volume_limits("metrics_replicas", None),
    DataSet.LOGS: volume_limits("logs_replicas", raw("loki-chunk-age")),
}
