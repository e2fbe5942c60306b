"""Caches are charged by their nodes."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.core.json_access import Json
from arqctl.cost.priceable import PriceableResource
from tests.arqctl.cost.priced_stacks import cents, monthly, quantities, resource


def group(**values: Json) -> PriceableResource:
    given_: dict[str, Json] = {"engine": "valkey", "node_type": "cache.t4g.small"}
    return resource("aws_elasticache_replication_group", **{**given_, **values})


@pytest.mark.parametrize(
    ("values", "nodes"),
    [
        ({}, 1),
        ({"num_cache_clusters": 3}, 3),
        ({"num_node_groups": 1, "replicas_per_node_group": 2}, 3),
        ({"num_node_groups": 3, "replicas_per_node_group": 1}, 6),
    ],
)
def test_every_shard_has_a_primary_and_its_replicas(values: dict[str, Json], nodes: int) -> None:
    assert monthly(group(**values)) == cents(nodes * 730 * Decimal("0.0272"))


def test_the_default_engine_is_redis() -> None:
    assert quantities(group(engine=None)) == {"elasticache/redis/cache.t4g.small": Decimal(1)}


def test_a_cluster_counts_its_nodes() -> None:
    values: dict[str, Json] = {"engine": "memcached", "node_type": "cache.t4g.small", "num_cache_nodes": 2}
    found = quantities(resource("aws_elasticache_cluster", **values))
    assert found == {"elasticache/memcached/cache.t4g.small": Decimal(2)}


@pytest.mark.parametrize(
    "values",
    [
        {"num_cache_clusters": "${var.n}"},
        {"num_node_groups": "${var.n}"},
        {"replicas_per_node_group": "${unknown}"},
        {"node_type": "${var.t}"},
        {"node_type": None},
        {"engine": "${var.e}"},
        {"node_type": "cache.z9.large"},
    ],
)
def test_an_unknown_argument_gives_an_unknown_cost(values: dict[str, Json]) -> None:
    assert monthly(group(**values)) is None


@given(shards=st.integers(1, 90), replicas=st.integers(0, 5), more=st.integers(0, 5))
def test_more_replicas_never_cost_less(shards: int, replicas: int, more: int) -> None:
    few, many = (
        monthly(group(num_node_groups=shards, replicas_per_node_group=each))
        for each in (replicas, replicas + more)
    )
    assert few is not None
    assert many is not None
    assert few <= many
