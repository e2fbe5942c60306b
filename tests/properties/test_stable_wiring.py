"""Tests that connections and grants, and their order, change no other addresses."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.cluster.workload import Workload
from constructs_arq.compute.load_balancer import LoadBalancer, LoadBalancerConfig
from constructs_arq.core.port import Port
from constructs_arq.core.stack import Stack
from constructs_arq.data.cache import Cache
from constructs_arq.data.postgres import Postgres
from constructs_arq.edge.certificate import Certificate, HostedZone
from constructs_arq.network.network import Network
from constructs_arq.observability.alarms import Alarms
from constructs_arq.observability.routes import AlarmRoutes
from constructs_arq.security.key import Key
from constructs_arq.storage.bucket import Bucket, LogBucket
from constructs_arq.storage.image_repository import ImageRepository, ImageRepositoryConfig
from environments.staging import STAGING
from tests.properties.test_random_configurations import DETERMINISTIC, RANDOM
from tests.support import STACK, synthesize


@dataclass(frozen=True)
class Parts:
    """Constructs that the steps connect."""

    cluster: Cluster
    database: Postgres
    cache: Cache
    ingress: LoadBalancer
    files: Bucket
    images: ImageRepository


STEPS: Mapping[str, Callable[[Parts], object]] = {
    "the API logs in to the database": lambda parts: parts.database.grant_connect(_api(parts), user="api"),
    "the API logs in to the cache": lambda parts: parts.cache.grant_connect(_api(parts), user="api"),
    "the API reads files": lambda parts: parts.files.grant_read(_api(parts)),
    "jobs log in to the database": lambda parts: parts.database.grant_connect(_jobs(parts), user="jobs"),
    "jobs log in to the cache": lambda parts: parts.cache.grant_connect(
        _jobs(parts), user="jobs", keys="j:*"
    ),
    "jobs write files": lambda parts: parts.files.grant_read_write(_jobs(parts)),
    "the API pulls": lambda parts: parts.images.grant_pull(_api(parts)),
    "jobs push": lambda parts: parts.images.grant_push(_jobs(parts)),
    "cluster to database": lambda parts: parts.cluster.connections.allow_to(parts.database, why="a ledger"),
    "cluster to cache": lambda parts: parts.cluster.connections.allow_to(parts.cache, why="sessions"),
    "cluster to ingress": lambda parts: parts.cluster.connections.allow_to(parts.ingress, why="each other"),
    "ingress to the API": lambda parts: parts.ingress.connections.allow_to(
        parts.cluster, port=Port.tcp(8080), why="requests"
    ),
    "ingress to the web": lambda parts: parts.ingress.connections.allow_to(
        parts.cluster, port=Port.tcp(8443), why="pages"
    ),
    "a target group for the API": lambda parts: parts.ingress.add_target_group(
        "api", port=8080, priority=10, paths=("/api/*",)
    ),
    "a target group for the web": lambda parts: parts.ingress.add_target_group(
        "web", port=8443, priority=20, hosts=("www.arq.example",)
    ),
}
EVERYTHING = tuple(STEPS)
# A cache requires a user.
_NEEDED = "the API logs in to the cache"


def _api(parts: Parts) -> Workload:
    return parts.cluster.workload("api", namespace="shop")


def _jobs(parts: Parts) -> Workload:
    return parts.cluster.workload("jobs", namespace="shop")


def _wire(stack: Stack, steps: Iterable[str]) -> None:
    zone = HostedZone(zone_id="Z0123456", name="arq.example")
    logs = LogBucket(stack, "logs", retention_days=30)
    network = Network(stack, "network", config=STAGING.network)
    images = ImageRepository(stack, "images", config=ImageRepositoryConfig())
    database = Postgres(stack, "database", subnets=network.isolated, config=STAGING.database)
    ingress = LoadBalancer(
        stack,
        "ingress",
        subnets=network.private,
        certificate=Certificate(stack, "certificate", zone=zone, domain="api.arq.example"),
        access_logs=logs,
        config=LoadBalancerConfig(),
    )
    parts = Parts(
        cluster=Cluster(stack, "cluster", subnets=network.private, config=STAGING.cluster),
        database=database,
        cache=Cache(stack, "cache", subnets=network.isolated, config=STAGING.cache),
        ingress=ingress,
        files=Bucket(stack, "files", key=Key(stack, "files-key", description="Files"), access_logs=logs),
        images=images,
    )
    for step in steps:
        STEPS[step](parts)
    Alarms(stack, "alarms", routes=AlarmRoutes(stack, "alarm-routes", config=STAGING.alarms))


@cache
def addresses(*steps: str) -> frozenset[str]:
    return frozenset(synthesize(lambda stack: _wire(stack, steps), config=STACK).addresses)


def require_same(steps: list[str]) -> None:
    assert addresses(*steps) == addresses(*EVERYTHING)


def require_only_own_addresses_removed(omitted: set[str]) -> None:
    """Assert that omitting steps removes only the addresses of those steps."""
    steps = [step for step in EVERYTHING if step not in omitted or step == _NEEDED]
    own_addresses = {address for step in omitted for address in addresses(_NEEDED, step) - addresses(_NEEDED)}
    assert addresses(*EVERYTHING) - own_addresses <= addresses(*steps) <= addresses(*EVERYTHING)


@settings(DETERMINISTIC, max_examples=5)
@given(st.permutations(EVERYTHING))
def test_order_of_steps_changes_no_address(steps: list[str]) -> None:
    require_same(steps)


def test_steps_create_addresses() -> None:
    for step in ("a target group for the web", "jobs write files", "cluster to cache"):
        assert addresses(_NEEDED) < addresses(_NEEDED, step)


@settings(DETERMINISTIC, max_examples=3)
@given(st.sets(st.sampled_from(EVERYTHING), min_size=1, max_size=2))
def test_omission_removes_only_own_addresses(omitted: set[str]) -> None:
    require_only_own_addresses_removed(omitted)


@pytest.mark.slow
@settings(RANDOM, max_examples=15)
@given(st.permutations(EVERYTHING), st.sets(st.sampled_from(EVERYTHING), min_size=1))
def test_many_orders_and_omissions_change_no_other_address(steps: list[str], omitted: set[str]) -> None:
    require_same(steps)
    require_only_own_addresses_removed(omitted)
