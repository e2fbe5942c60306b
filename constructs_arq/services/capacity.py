"""Checks that all pods fit into the cluster and its databases at their largest number."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from constructs_arq.core.errors import Problem
from constructs_arq.core.pod_group import PodGroup
from constructs_arq.services.node_sizes import NodeSize

# The VPC CNI gives a node prefixes of 16 addresses: one that is partly used, and a free one.
# https://docs.aws.amazon.com/eks/latest/userguide/cni-increase-ip-addresses.html
_PREFIX = 16
_PREFIXES_NOT_FULL = 2
# AWS reserves five addresses of each subnet.
# https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
_RESERVED_ADDRESSES = 5
_NAMED_GROUPS = 3


@dataclass(frozen=True, kw_only=True)
class ConnectionPool:
    """The most database connections of each pod of a group, or of another client."""

    name: str
    pods: int
    connections: int


def find_missing_connections(
    pools: Sequence[ConnectionPool], *, available: int, database: str, path: str
) -> Iterator[Problem]:
    """Yield a problem if all pools together can open more connections than the database accepts."""
    needed = sum(pool.pods * pool.connections for pool in pools)
    if needed > available:
        sums = " + ".join(f"{pool.pods} {pool.name} x {pool.connections}" for pool in pools)
        yield Problem(
            path,
            f"{sums} connections must be at most the {available} of {database}",
            str(needed),
            "Lower scaling.max_size or the pools, or use a larger instance class.",
        )


def find_large_pods(
    groups: Sequence[PodGroup], *, nodes: Collection[NodeSize], path: str
) -> Iterator[Problem]:
    """Yield a problem for each pod that fits on no node."""
    for group in groups:
        if not any(group.millicores <= node.millicores and group.mib <= node.mib for node in nodes):
            largest = " or ".join(f"{node.millicores}m and {node.mib} MiB" for node in _largest(nodes))
            yield Problem(
                path,
                f"a pod of {group.name} must request at most {largest or 'nothing'}, "
                "which the largest nodes have for pods",
                f"{group.millicores}m and {group.mib} MiB",
                "Lower its resources, or allow larger instances.",
            )


def _largest(nodes: Collection[NodeSize]) -> list[NodeSize]:
    """Return the nodes of which no other has at least as much of both, from the most CPU to the least."""
    kept: list[NodeSize] = []
    for node in sorted(nodes, key=lambda each: (-each.millicores, -each.mib)):
        if all(node.mib > other.mib for other in kept):
            kept.append(node)
    return kept


def find_missing_nodes(
    groups: Sequence[PodGroup], *, total: NodeSize, nodes: str, path: str
) -> Iterator[Problem]:
    """Yield a problem if the pods need more CPU, memory or places than the nodes together have."""
    measures: tuple[tuple[str, int, Callable[[PodGroup], int]], ...] = (
        ("m CPU", total.millicores, lambda group: group.pods * group.millicores),
        (" MiB", total.mib, lambda group: group.pods * group.mib),
        (" places", total.pods, lambda group: group.pods),
    )
    for unit, available, need in measures:
        needed = sum(map(need, groups))
        if needed > available:
            largest = sorted(groups, key=need, reverse=True)[:_NAMED_GROUPS]
            most = ", ".join(f"{group.pods} {group.name} {need(group)}" for group in largest)
            yield Problem(
                path,
                f"all pods must need at most {max(0, available)}{unit}, which {nodes} have for pods",
                f"{needed} (most: {most})",
                "Lower scaling.max_size or the resources, or allow more nodes.",
            )


def find_missing_addresses(
    groups: Sequence[PodGroup], *, nodes: int, others: int, subnet_sizes: Sequence[int], path: str
) -> Iterator[Problem]:
    """Yield a problem if the subnets have fewer addresses than pods, nodes and `others` use."""
    pods = sum(group.pods for group in groups)
    needed = pods + nodes * (1 + _PREFIXES_NOT_FULL * _PREFIX) + others
    available = sum(size - _RESERVED_ADDRESSES for size in subnet_sizes)
    if needed > available:
        yield Problem(
            path,
            f"{pods} pods, {nodes} nodes with free prefixes and {others} others must need at most the "
            f"{available} addresses of the private subnets",
            str(needed),
            "Use a larger network.cidr or more zones, or lower scaling.max_size or the limits of node pools.",
        )
