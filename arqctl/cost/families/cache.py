"""ElastiCache: the nodes of clusters."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from arqctl.core.assembly import Body
from arqctl.cost.charge import ONE, Charge, Charging
from arqctl.cost.priceable import Priced
from arqctl.cost.references import Resources
from arqctl.cost.values import number, text


def replication_group(resource: Priced, _: Resources) -> Iterator[Charge]:
    """Every shard's primary and its replicas."""
    yield _nodes(resource.values, _in_group(resource.values))


def cluster(resource: Priced, _: Resources) -> Iterator[Charge]:
    """The nodes of a cluster that stands alone, or one more replica of a group."""
    yield _nodes(resource.values, number(resource.values, "num_cache_nodes", 1))


def _in_group(values: Body) -> Decimal | None:
    if values.get("num_cache_clusters") is not None:
        return number(values, "num_cache_clusters")
    shards, replicas = number(values, "num_node_groups", 1), number(values, "replicas_per_node_group", 0)
    return None if shards is None or replicas is None else shards * (ONE + replicas)


def _nodes(values: Body, nodes: Decimal | None) -> Charge:
    engine, type_ = text(values, "engine", "redis"), text(values, "node_type")
    known = nodes if engine and type_ else None
    return Charge(f"elasticache/{engine or '?'}/{type_ or '?'}", known, f"{type_ or 'unknown'} node")


CACHE: Mapping[str, Charging] = {
    "aws_elasticache_cluster": cluster,
    "aws_elasticache_replication_group": replication_group,
}
