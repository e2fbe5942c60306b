"""Refuses an environment whose services do not fit into its nodes, subnets and database."""

from constructs_arq.core.errors import ConfigError, Problem
from constructs_arq.data.instance_class import max_connections
from constructs_arq.data.proxy import CONNECTIONS_PERCENT
from constructs_arq.network.address_plan import AddressPlan, Tier
from constructs_arq.services.capacity import (
    PodGroup,
    find_missing_addresses,
    find_missing_connections,
    find_missing_nodes,
    most_pods,
)
from constructs_arq.services.node_sizes import NodeSize, largest_of_pool, node_size
from environments.environment import Environment

# Add-ons with two replicas each, and what EKS runs.
_SYSTEM_PODS = 40
# PostgreSQL and RDS keep these for administration.
_RESERVED_CONNECTIONS = 5


def require_capacity(env: Environment) -> None:
    """Raise if the services at their largest number need more than the environment has.

    Raises:
        ConfigError: with every figure that is too small.
    """
    groups = _pod_groups(env)
    largest, total = _nodes(env)
    limit = max_connections(env.database.instance_class)
    available = limit * CONNECTIONS_PERCENT // 100 if env.database.proxy else limit - _RESERVED_CONNECTIONS
    plan = AddressPlan(env.network.cidr)
    sizes = [plan.ipv4(Tier.PRIVATE, zone).num_addresses for zone in env.network.zones]
    problems: list[Problem] = [
        *find_missing_connections(
            groups,
            available=available,
            database=env.database.instance_class + (" through the proxy" if env.database.proxy else ""),
            path="shop.api",
        ),
        *find_missing_nodes(groups, largest_node=largest, total=total, path="shop"),
        *find_missing_addresses(groups, other_pods=_SYSTEM_PODS, subnet_sizes=sizes, path="network.cidr"),
    ]
    if problems:
        raise ConfigError(f"environments/{env.name}.py", problems)


def _pod_groups(env: Environment) -> list[PodGroup]:
    shop = env.shop
    return [
        PodGroup(
            name="api",
            pods=most_pods(shop.api.scaling),
            resources=shop.api.resources,
            connections=shop.api_pool_size,
        ),
        PodGroup(name="settlement", pods=1, resources=shop.settlement.resources, connections=1),
        PodGroup(name="migrations", pods=1, resources=shop.migrations.resources, connections=1),
        PodGroup(name="migrator", pods=1, resources=shop.migrator.resources, connections=1),
    ]


def _nodes(env: Environment) -> tuple[NodeSize, NodeSize]:
    """Return the largest node, and the limits of all node pools with the nodes of node groups."""
    pools = env.karpenter.node_pools.values()
    largest = [largest_of_pool(pool.max_instance_vcpus, pool.categories) for pool in pools]
    groups = [
        (size, group.nodes)
        for group in env.cluster.node_groups.values()
        if (size := node_size(group.instance_types[0])) is not None
    ]
    largest += [size for size, _ in groups]
    total = NodeSize(
        millicores=sum(pool.vcpus * 1000 for pool in pools)
        + sum(size.millicores * nodes for size, nodes in groups),
        mib=sum(pool.memory_gib * 1024 for pool in pools) + sum(size.mib * nodes for size, nodes in groups),
    )
    return NodeSize(
        millicores=max(size.millicores for size in largest), mib=max(size.mib for size in largest)
    ), total
