"""The ways to recover what runs in the cluster: services, metrics and logs."""

from collections.abc import Iterator, Sequence

from constructs_arq.core.recovery import Loss
from constructs_arq.core.recovery_data_routes import (
    cache_routes,
    database_routes,
    leave_account,
    leave_region,
    wait_for_person,
)
from constructs_arq.core.recovery_facts import RecoveryFacts
from constructs_arq.core.recovery_figures import Figure
from constructs_arq.core.recovery_object_routes import image_routes, secret_routes
from constructs_arq.core.recovery_route import Parallel, Route, Serial, Timeline, figures, steps

# Pods on a node that does not answer, until they run on another node.
_MOVED_PODS = ("node-detection", "pod-eviction", "node-launch", "pod-start")
# The same for pods with a volume.
_MOVED_VOLUMES = ("node-detection", "pod-eviction", "volume-attachment", "node-launch", "pod-start")
_NEW_CLUSTER = ("eks-creation", "node-group-creation", "cluster-deployment")
_TRAFFIC = ("pod-start", "route-53-propagation", "dns-ttl")


def service_routes(facts: RecoveryFacts, loss: Loss) -> Iterator[Route]:
    """Yield the ways in which services answer requests again: with pods, database and cache."""
    database, cache = _fastest(database_routes(facts, loss)), _fastest(cache_routes(facts, loss))
    if database is None:
        return
    if loss in (Loss.INSTANCE, Loss.ZONE):
        spread = facts.service_pods > 1 and (loss is Loss.INSTANCE or facts.zones > 1)
        pods = steps("target-detection") if spread else steps(*_MOVED_PODS)
        stores = [route.timeline for route in (database, cache) if route]
        yield Route(
            how="pods in other zones, database and cache after their failover"
            if spread
            else "pods on another node, database and cache after their recovery",
            timeline=Parallel((pods, *stores)),
        )
    if loss is Loss.DATABASE:
        yield Route(
            how="services wait for the database", timeline=database.timeline, runbook=database.runbook
        )
    if loss is Loss.REGION:
        yield _services_in_backup_region(facts, database)
    if loss is Loss.ACCOUNT:
        images, secrets = _needed(facts, loss)
        cluster = Serial((leave_account(facts), steps(*_NEW_CLUSTER)))
        yield Route(
            how="a new cluster in another account",
            timeline=Serial((Parallel((database.timeline, cluster, images, secrets)), steps(*_TRAFFIC))),
        )


def _services_in_backup_region(facts: RecoveryFacts, database: Route) -> Route:
    cluster = steps("node-group-scaling") if facts.standby else steps(*_NEW_CLUSTER)
    cache = _fastest(cache_routes(facts, Loss.REGION))
    needed = (
        database.timeline,
        Serial((leave_region(facts), cluster)),
        *((cache.timeline,) if cache else ()),
        *_needed(facts, Loss.REGION),
    )
    return Route(
        how="the cluster of the standby" if facts.standby else "a new cluster in the backup region",
        timeline=Serial((Parallel(needed), steps(*_TRAFFIC))),
    )


def _needed(facts: RecoveryFacts, loss: Loss) -> Sequence[Timeline]:
    """Return the recovery of what pods need at their start."""
    images = _fastest(image_routes(facts, loss))
    secrets = _fastest(secret_routes(facts, loss)) if facts.has_secrets else None
    return [route.timeline if route else Serial() for route in (images, secrets)]


def _fastest(routes: Iterator[Route]) -> Route | None:
    return min(routes, key=lambda route: route.rto, default=None)


def metric_routes(facts: RecoveryFacts, loss: Loss) -> Iterator[Route]:
    """Yield the ways to recover the metrics of Prometheus, which are on volumes of one zone each."""
    yield from _volume_routes(facts, loss, replicas=facts.metrics_replicas, lost_with_zone=None)


def log_routes(facts: RecoveryFacts, loss: Loss) -> Iterator[Route]:
    """Yield the ways to recover the logs of Loki, which are in S3, and the newest ones on volumes."""
    recent = figures("loki-chunk-age")
    yield from _volume_routes(facts, loss, replicas=facts.logs_replicas, lost_with_zone=recent)


def _volume_routes(
    facts: RecoveryFacts, loss: Loss, *, replicas: int, lost_with_zone: tuple[Figure, ...] | None
) -> Iterator[Route]:
    if loss in (Loss.INSTANCE, Loss.ZONE) and replicas > 1:
        yield Route(how="another replica in another zone has the same data", timeline=Serial())
    elif loss is Loss.INSTANCE:
        yield Route(how="the pod and its volume move to another node", timeline=steps(*_MOVED_VOLUMES))
    elif loss is Loss.ZONE:
        yield Route(
            how="a new volume in another zone",
            timeline=Serial((wait_for_person(facts), steps("node-launch", "pod-start"))),
            lost=lost_with_zone,
        )
    if loss is Loss.REGION:
        cluster = Serial() if facts.standby else steps(*_NEW_CLUSTER)
        yield Route(
            how="empty stores in the backup region",
            timeline=Serial((leave_region(facts), cluster)),
            lost=None,
        )
