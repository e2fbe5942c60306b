"""ElastiCache charges: the nodes of clusters."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from arqctl.core.json_access import Body
from arqctl.cost.arguments import read_number, read_text
from arqctl.cost.charges.charge import ONE, Charge, ChargeFunction
from arqctl.cost.priceable import PriceableResource
from arqctl.cost.stack_resources import StackResources


def charge_replication_group(resource: PriceableResource, _: StackResources) -> Iterator[Charge]:
    """Charge every shard's primary and its replicas."""
    yield _charge_nodes(resource.values, _node_count(resource.values))


def charge_cluster(resource: PriceableResource, _: StackResources) -> Iterator[Charge]:
    """Charge the nodes of a cluster, or one additional replica of a replication group."""
    yield _charge_nodes(resource.values, read_number(resource.values, "num_cache_nodes", 1))


def _node_count(values: Body) -> Decimal | None:
    if values.get("num_cache_clusters") is not None:
        return read_number(values, "num_cache_clusters")
    shards, replicas = (
        read_number(values, "num_node_groups", 1),
        read_number(values, "replicas_per_node_group", 0),
    )
    return None if shards is None or replicas is None else shards * (ONE + replicas)


def _charge_nodes(values: Body, nodes: Decimal | None) -> Charge:
    engine, type_ = read_text(values, "engine", "redis"), read_text(values, "node_type")
    quantity = nodes if engine and type_ else None
    return Charge(f"elasticache/{engine or '?'}/{type_ or '?'}", quantity, f"{type_ or 'unknown'} node")


CACHE: Mapping[str, ChargeFunction] = {
    "aws_elasticache_cluster": charge_cluster,
    "aws_elasticache_replication_group": charge_replication_group,
}
