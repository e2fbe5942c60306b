"""CPU, memory and places for pods of the nodes of an environment.

No pod tolerates a taint, and services run on nodes with the architecture of their images.
"""

from collections.abc import Sequence

from constructs_arq.cluster.node_group import NodeGroupConfig
from constructs_arq.core.instance_types import architecture
from constructs_arq.core.pod_group import PodGroup
from constructs_arq.platform.karpenter_config import NodePoolConfig
from constructs_arq.services.node_sizes import (
    NodeSize,
    most_nodes_of_pool,
    sizes_of_pool,
    smallest_of_group,
    total_of_pool,
)
from environments.environment import Environment


def most_nodes(env: Environment) -> int:
    """Return the nodes of all groups and pools. A group has one more for each zone during an update."""
    groups, pools = env.cluster.node_groups.values(), env.karpenter.node_pools.values()
    extra = len(env.network.zones)
    return sum(_most_nodes(group) + extra for group in groups) + sum(
        most_nodes_of_pool(pool) for pool in pools
    )


def nodes_for_pods(env: Environment, on_each_node: Sequence[PodGroup]) -> list[NodeSize]:
    """Return what each node that there is or can be has beside `on_each_node`."""
    sizes = [
        *(smallest_of_group(group.instance_types) for group in _groups(env) if _least_nodes(group)),
        *(size for pool in _pools(env) for size in sizes_of_pool(pool)),
    ]
    return [size.without(on_each_node) for size in sizes]


def all_nodes(env: Environment, on_each_node: Sequence[PodGroup]) -> NodeSize:
    """Return what groups at their lowest number of nodes, and pools at their limits, have together."""
    groups = [_nodes(group, on_each_node, _least_nodes(group)) for group in _groups(env)]
    pools = [total_of_pool(pool, pods_of_each_node=on_each_node) for pool in _pools(env)]
    return _sum([*groups, *pools])


def first_nodes(env: Environment, on_each_node: Sequence[PodGroup]) -> NodeSize:
    """Return what the node groups have together, before Karpenter launches nodes.

    Add-ons have images for both architectures.
    """
    groups = [group for group in env.cluster.node_groups.values() if not group.taints]
    return _sum([_nodes(group, on_each_node, group.nodes) for group in groups])


def _nodes(group: NodeGroupConfig, on_each_node: Sequence[PodGroup], number: int) -> NodeSize:
    size = smallest_of_group(group.instance_types).without(on_each_node)
    return NodeSize(millicores=size.millicores * number, mib=size.mib * number, pods=size.pods * number)


def _sum(parts: Sequence[NodeSize]) -> NodeSize:
    return NodeSize(
        millicores=sum(part.millicores for part in parts),
        mib=sum(part.mib for part in parts),
        pods=sum(part.pods for part in parts),
    )


def _most_nodes(group: NodeGroupConfig) -> int:
    return max([group.nodes, *(entry.nodes for entry in group.schedule)])


def _least_nodes(group: NodeGroupConfig) -> int:
    return min([group.nodes, *(entry.nodes for entry in group.schedule)])


def _groups(env: Environment) -> list[NodeGroupConfig]:
    return [
        group
        for group in env.cluster.node_groups.values()
        if not group.taints and architecture(group.instance_types[0]) is env.images.architecture
    ]


def _pools(env: Environment) -> list[NodePoolConfig]:
    return [
        pool
        for pool in env.karpenter.node_pools.values()
        if not pool.taints and pool.architecture is env.images.architecture
    ]
