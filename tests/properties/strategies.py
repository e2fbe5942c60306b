"""Strategies for valid configurations of networks, clusters, databases and caches."""

from typing import Any, get_args

from hypothesis import strategies as st

from constructs_arq.cluster.access import AccessConfig
from constructs_arq.cluster.config import ClusterConfig
from constructs_arq.cluster.instance_types import OperatingSystem
from constructs_arq.cluster.managed_addons import Addon
from constructs_arq.cluster.node_group import Capacity, NodeGroupConfig, Taint, TaintEffect
from constructs_arq.cluster.node_schedule import ScheduledNodes
from constructs_arq.core.scaling import ScalingPolicy, ScheduledSize
from constructs_arq.data.cache_config import CacheConfig, Eviction
from constructs_arq.data.postgres_config import PostgresConfig, ReplicaConfig
from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.endpoints import InterfaceService
from constructs_arq.network.nat import Nat
from constructs_arq.storage.log_group import RetentionDays
from tests.properties.raw_values import RawConfig, raw_configs

# Resources of CloudFront are in us-east-1, independently of the stack's region.
REGIONS = {
    "eu-west-1": ("euw1-az1", "euw1-az2", "euw1-az3"),
    "us-east-1": ("use1-az1", "use1-az2", "use1-az4", "use1-az5", "use1-az6"),
    "ap-southeast-2": ("apse2-az1", "apse2-az2", "apse2-az3"),
    "eu-central-1": ("euc1-az1", "euc1-az2", "euc1-az3"),
}
"""The zones by region that CloudFront's VPC origins support."""
# Instance types that are available in all of these regions.
GRAVITON = ("m7g.large", "m6g.large", "c7g.xlarge", "r7g.large", "m8g.2xlarge")
INTEL = ("m7i.large", "m6i.large", "c7i.xlarge", "m7i-flex.large", "r7i.large")

_WORD = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=8)


def slugs(most: int = 40) -> st.SearchStrategy[str]:
    return st.builds(
        lambda letter, words: f"{letter}{'-'.join(words)}"[:most].rstrip("-"),
        st.sampled_from("abcdefghijklmnopqrstuvwxyz"),
        st.lists(_WORD, min_size=1, max_size=8),
    )


def subsets(*values: Any, least: int = 0, most: int | None = None) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.sampled_from(values), unique=True, min_size=least, max_size=most).map(tuple)


def named_values(
    values: st.SearchStrategy[Any], *, least: int = 0, longest: int = 20
) -> st.SearchStrategy[Any]:
    return st.dictionaries(slugs(longest), values, min_size=least, max_size=3)


RETENTION = st.sampled_from(get_args(RetentionDays))
PERCENT = st.integers(1, 100)


def networks(region: str) -> st.SearchStrategy[RawConfig]:
    return raw_configs(
        NetworkConfig,
        cidr=st.sampled_from(("10.40.0.0/16", "10.41.16.0/20", "172.20.0.0/18", "100.64.4.0/22")),
        zones=subsets(*REGIONS[region], least=2),
        # Without NAT, a cluster needs endpoints that other values would leave out.
        nat=st.sampled_from([nat for nat in Nat if nat is not Nat.NONE]),
        ipv6=st.booleans(),
        peers=st.sampled_from(({}, {"office": "192.168.0.0/24"}, {"a": "10.0.0.0/16", "b": "10.1.0.0/16"})),
        interface_endpoints=subsets(*get_args(InterfaceService)),
        flow_log_retention_days=RETENTION,
    )


@st.composite
def sizes(draw: st.DrawFn, *, least_max: int = 0) -> dict[str, int]:
    low = draw(st.integers(0, 20))
    return {"min_size": low, "max_size": max(low, least_max) + draw(st.integers(0, 50))}


@st.composite
def scalings(draw: st.DrawFn) -> RawConfig:
    names = draw(st.just([]) | st.lists(slugs(12), unique=True, min_size=2, max_size=3))
    schedule = tuple(
        RawConfig(
            ScheduledSize,
            {
                "name": name,
                "cron": draw(st.sampled_from(("0 7 * * MON-FRI", "*/5 0 1 1 *"))),
                "time_zone": draw(st.sampled_from(("Etc/UTC", "Europe/Berlin"))),
                **draw(sizes()),
            },
        )
        for name in names
    )
    targets = {
        "target_cpu_percent": draw(st.integers(20, 80)),
        "target_memory_percent": draw(st.none() | PERCENT),
    }
    # Scaling by requests needs a target group, which a node group doesn't have.
    return RawConfig(ScalingPolicy, {**draw(sizes(least_max=1)), **targets, "schedule": schedule})


@st.composite
def node_schedules(draw: st.DrawFn) -> tuple[RawConfig, ...]:
    names = draw(st.just([]) | st.lists(slugs(12), unique=True, min_size=2, max_size=3))
    return tuple(
        RawConfig(
            ScheduledNodes,
            {
                "name": name,
                "cron": draw(st.sampled_from(("0 7 * * MON-FRI", "*/5 0 1 1 *"))),
                "time_zone": draw(st.sampled_from(("Etc/UTC", "Europe/Berlin"))),
                "nodes": draw(st.integers(0, 20)),
            },
        )
        for name in names
    )


@st.composite
def node_groups(draw: st.DrawFn) -> RawConfig:
    capacity = draw(st.sampled_from(Capacity))
    types = draw(st.sampled_from((GRAVITON, INTEL)))
    return draw(
        raw_configs(
            NodeGroupConfig,
            instance_types=subsets(*types, least=3 if capacity is Capacity.SPOT else 1),
            capacity=st.just(capacity),
            nodes=st.integers(0, 20),
            schedule=node_schedules(),
            # A release must be of the version of the cluster.
            release=st.none(),
            operating_system=st.sampled_from(OperatingSystem),
            volume_gib=st.integers(20, 16_384),
            max_unavailable_percent=PERCENT,
            labels=st.dictionaries(slugs(), slugs(), max_size=2),
            taints=st.lists(
                raw_configs(
                    Taint, key=slugs(), value=st.just("") | slugs(), effect=st.sampled_from(TaintEffect)
                ),
                max_size=2,
            ).map(tuple),
        )
    )


@st.composite
def accesses(draw: st.DrawFn) -> RawConfig:
    names = draw(st.lists(slugs(), unique=True, min_size=1, max_size=5))
    first = draw(st.integers(1, len(names)))
    second = draw(st.integers(first, len(names)))
    return RawConfig(
        AccessConfig,
        {
            "admins": tuple(names[:first]),
            "operators": tuple(names[first:second]),
            "viewers": tuple(names[second:]),
        },
    )


def clusters(*versions: str) -> st.SearchStrategy[RawConfig]:
    return raw_configs(
        ClusterConfig,
        version=st.sampled_from(versions or ("1.35", "1.36")),
        access=accesses(),
        node_groups=named_values(node_groups(), least=1, longest=36),
        public_access_cidrs=subsets("198.51.100.0/24", "203.0.113.7/32", "192.0.2.0/28"),
        log_retention_days=RETENTION,
        container_insights=st.booleans(),
        extended_support=st.booleans(),
        addon_versions=st.dictionaries(st.sampled_from(Addon), st.just("v1.2.3-eksbuild.4"), max_size=2),
    )


@st.composite
def databases(draw: st.DrawFn, *, largest_gib: int = 40_000) -> RawConfig:
    storage = draw(st.integers(20, largest_gib))
    classes = st.sampled_from(("db.t4g.micro", "db.m7g.large", "db.r7g.16xlarge", "db.r6g.large"))
    upgrade = draw(st.booleans())
    replica = raw_configs(ReplicaConfig, instance_class=st.none() | classes, multi_az=st.booleans())
    return draw(
        raw_configs(
            PostgresConfig,
            version=st.sampled_from(["15", "16", "17", "18"]),
            instance_class=classes,
            storage_gib=st.just(storage),
            max_storage_gib=st.integers(storage * 2 - storage // 2, 65_536),
            database_name=st.sampled_from(("app", "a" * 63, "ledger_2")),
            multi_az=st.booleans(),
            backup_days=st.integers(1, 35),
            replicate_backups=st.booleans(),
            # An upgrade needs an instance without read replicas.
            read_replicas=st.just({}) if upgrade else named_values(replica),
            proxy=st.booleans(),
            allow_major_upgrade=st.just(upgrade),
            database_insights=st.sampled_from(("standard", "advanced")),
            monitoring_seconds=st.sampled_from((15, 30, 60)),
            log_retention_days=RETENTION,
            backup_window=st.sampled_from(("02:00-03:00", "00:00-01:30", "22:00-00:30")),
            maintenance_window=st.sampled_from(("sun:03:30-sun:04:30", "wed:12:00-wed:20:00")),
        )
    )


@st.composite
def caches(draw: st.DrawFn) -> RawConfig:
    engine = draw(st.sampled_from(("valkey", "redis")))
    replicas = draw(st.integers(0, 5))
    cache = draw(
        raw_configs(
            CacheConfig,
            engine=st.just(engine),
            version=st.sampled_from(("7.0", "7.1", "7.2") if engine == "redis" else ("7.2", "8.0", "8.1")),
            node_type=st.sampled_from(("cache.t4g.micro", "cache.m7g.large", "cache.r7g.16xlarge")),
            shards=st.integers(1, 4 if replicas else 1),
            replicas_per_shard=st.just(replicas),
            eviction=st.sampled_from(get_args(Eviction)),
            snapshot_days=st.integers(1, 35),
            log_retention_days=RETENTION,
            snapshot_window=st.sampled_from(("02:00-03:00", "23:00-00:00")),
            maintenance_window=st.sampled_from(("sun:03:30-sun:04:30", "mon:04:00-mon:22:00")),
        )
    )
    # Default values of omitted fields must be consistent with the other values.
    together = {"engine": engine, "replicas_per_shard": replicas}
    version = {"version": "7.1"} if engine == "redis" and "version" not in cache.values else {}
    return RawConfig(CacheConfig, {**cache.values, **together, **version})
