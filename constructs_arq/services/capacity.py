"""Checks that the pods of services fit into the cluster and its databases at their largest number."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from constructs_arq.core.errors import Problem
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.services.node_sizes import NodeSize
from constructs_arq.services.pod_resources import PodResources

# A rolling update starts a quarter more pods before old ones stop.
_SURGE = 1.25
# The VPC CNI gives a node prefixes of 16 addresses.
# https://docs.aws.amazon.com/eks/latest/userguide/cni-increase-ip-addresses.html
_PREFIX = 16
# AWS reserves five addresses of each subnet.
# https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
_RESERVED_ADDRESSES = 5


@dataclass(frozen=True, kw_only=True)
class PodGroup:
    """Equal pods of a service at their largest number. `connections` is the database pool of each."""

    name: str
    pods: int
    resources: PodResources
    connections: int = 0


def most_pods(scaling: ScalingPolicy) -> int:
    """Return the most pods of a service, during a rolling update at the largest size."""
    return math.ceil(scaling.max_size * _SURGE)


def find_missing_connections(
    groups: Sequence[PodGroup], *, available: int, database: str, path: str
) -> list[Problem]:
    """Return a problem if all pools together can open more connections than the database accepts."""
    needed = sum(group.pods * group.connections for group in groups)
    if needed <= available:
        return []
    sums = " + ".join(
        f"{group.pods} {group.name} x {group.connections}" for group in groups if group.connections
    )
    return [
        Problem(
            path,
            f"{sums} = {needed} connections are more than the {available} of {database}",
            "",
            "Lower scaling.max_size or the pools, or use a larger instance class.",
        )
    ]


def find_missing_nodes(
    groups: Sequence[PodGroup], *, largest_node: NodeSize, total: NodeSize, path: str
) -> list[Problem]:
    """Return problems if a pod fits on no node, or all pods need more than all nodes together have."""
    too_large = [
        Problem(
            path,
            f"a pod of {group.name} requests {group.resources.cpu_millicores}m CPU and "
            f"{group.resources.memory_mib} MiB, but the largest node has "
            f"{largest_node.millicores}m and {largest_node.mib} MiB for pods",
            "",
            "Lower its resources, or allow larger instances.",
        )
        for group in groups
        if group.resources.cpu_millicores > largest_node.millicores
        or group.resources.memory_mib > largest_node.mib
    ]
    cpu = sum(group.pods * group.resources.cpu_millicores for group in groups)
    memory = sum(group.pods * group.resources.memory_mib for group in groups)
    if cpu <= total.millicores and memory <= total.mib:
        return too_large
    return [
        *too_large,
        Problem(
            path,
            f"all pods request {cpu}m CPU and {memory} MiB, but all nodes together have "
            f"{total.millicores}m and {total.mib} MiB for pods",
            "",
            "Lower scaling.max_size or the resources, or raise the limits of a node pool.",
        ),
    ]


def find_missing_addresses(
    groups: Sequence[PodGroup], *, other_pods: int, subnet_sizes: Sequence[int], path: str
) -> list[Problem]:
    """Return a problem if the subnets have fewer addresses than pods. Nodes take prefixes of 16."""
    pods = other_pods + sum(group.pods for group in groups)
    needed = math.ceil(pods / _PREFIX) * _PREFIX
    available = sum(size - _RESERVED_ADDRESSES for size in subnet_sizes)
    if needed <= available:
        return []
    return [
        Problem(
            path,
            f"{pods} pods need {needed} addresses, but the private subnets have {available}",
            "",
            "Use a larger network.cidr or more zones, or lower scaling.max_size.",
        )
    ]
