"""The ways to recover what runs in the cluster: services, metrics and logs."""

from collections.abc import Iterable, Iterator, Sequence

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
# Requests move to another origin: by a key, or by a deployment. Another account has another address.
_SWITCHED_ORIGIN = ("cloudfront-key-value",)
_NEW_ORIGIN = ("pod-start", "cloudfront-deployment")
_NEW_ADDRESS = (*_NEW_ORIGIN, "route-53-propagation", "dns-ttl")


def service_routes(facts: RecoveryFacts, loss: Loss) -> Iterator[Route]:
    """Yield the ways in which services answer requests again, one for each way to recover their database.

    They lose what the database loses.
    """
    for database in database_routes(facts, loss):
        if loss in (Loss.INSTANCE, Loss.ZONE):
            yield _services_in_region(facts, loss, database)
        elif loss is Loss.DATABASE:
            yield Route(
                how="services wait for the database",
                timeline=database.timeline,
                lost=database.lost,
                runbook=database.runbook,
            )
        else:
            yield _services_elsewhere(facts, loss, database)


def _services_in_region(facts: RecoveryFacts, loss: Loss, database: Route) -> Route:
    """Return the recovery by new pods on other nodes.

    Nodes and zones share pods by preference only, so that all of them can be lost.
    """
    offline = loss is Loss.ZONE and not facts.internet_in_each_zone
    internet = Serial((wait_for_person(facts), steps("network-creation"))) if offline else Serial()
    pods = Serial((internet, steps(*_MOVED_PODS)))
    cache = [route.timeline for route in cache_routes(facts, loss)]
    after = ", after somebody deployed a NAT gateway in another zone" if offline else ""
    return Route(
        how=f"pods on other nodes, with database and cache{after}",
        timeline=Parallel((pods, database.timeline, *cache)),
        lost=database.lost,
        runbook=database.runbook,
    )


def _services_elsewhere(facts: RecoveryFacts, loss: Loss, database: Route) -> Route:
    """Return the recovery in the backup region or in another account."""
    stays = loss is Loss.REGION
    leave = leave_region(facts) if stays else leave_account(facts)
    warm = stays and facts.standby
    cluster = Serial((leave, steps("node-group-scaling") if warm else steps(*_NEW_CLUSTER)))
    where = "of the standby" if warm else "in the backup region" if stays else "in another account"
    needed = (database.timeline, cluster, *_needed(facts, loss))
    switched = warm and facts.standby_origin
    traffic = steps(*(_SWITCHED_ORIGIN if switched else _NEW_ORIGIN if stays else _NEW_ADDRESS))
    return Route(
        how=f"{'the' if warm else 'a new'} cluster {where}, with its database",
        timeline=Serial((Parallel(needed), traffic)),
        lost=database.lost,
        runbook=database.runbook,
    )


def _needed(facts: RecoveryFacts, loss: Loss) -> Sequence[Timeline]:
    """Return the recovery of what pods need at their start."""
    secrets = secret_routes(facts, loss) if facts.has_secrets else ()
    routes = [_fastest(each) for each in (cache_routes(facts, loss), image_routes(facts, loss), secrets)]
    return [route.timeline for route in routes if route]


def _fastest(routes: Iterable[Route]) -> Route | None:
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
