"""CPU, memory and pods of nodes."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from constructs_arq.core.pod_group import PodGroup
from constructs_arq.platform.karpenter_config import NodePoolConfig

_SIZE = re.compile(r"(?P<category>[a-z]+)\d[a-z0-9-]*\.(?P<multiple>\d*)(?P<size>large|xlarge)")
# Of the current general families: https://aws.amazon.com/ec2/instance-types/
_GIB_PER_CPU = {"c": 2, "m": 4, "r": 8}
_LARGE, _XLARGE = 2, 4
# The vCPUs of the sizes from large to 48xlarge that all categories have.
_POOL_SIZES = (2, 4, 8, 16, 32, 48, 64, 96, 192)
# The limit of EKS for nodes with up to 30 vCPUs. Larger nodes take more.
_MAX_PODS = 110
# EKS reserves this on a node for the kubelet and the operating system.
# https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/kubelet/config.go
_MIB_RESERVED = 255 + 11 * _MAX_PODS + 100
_FIRST_CORES = (60, 10, 5, 5)
_MILLICORES_OF_OTHERS = 2.5


@dataclass(frozen=True, kw_only=True)
class NodeSize:
    """CPU, memory and pods that one node can have, or all nodes together."""

    millicores: int
    mib: int
    pods: int = _MAX_PODS

    def without(self, groups: Iterable[PodGroup]) -> "NodeSize":
        """Return what is left for other pods."""
        taken = list(groups)
        return NodeSize(
            millicores=self.millicores - sum(each.pods * each.millicores for each in taken),
            mib=self.mib - sum(each.pods * each.mib for each in taken),
            pods=self.pods - sum(each.pods for each in taken),
        )


def allocatable(vcpus: int, memory_gib: int) -> NodeSize:
    """Return what EKS leaves of a node for pods."""
    reserved = sum(_FIRST_CORES[:vcpus]) + _MILLICORES_OF_OTHERS * max(0, vcpus - len(_FIRST_CORES))
    return NodeSize(millicores=int(vcpus * 1000 - reserved), mib=max(0, memory_gib * 1024 - _MIB_RESERVED))


def node_size(instance_type: str) -> NodeSize | None:
    """Return what a node of a type has for pods, or None if its name does not show the memory."""
    match = _SIZE.fullmatch(instance_type)
    if match is None or match["category"] not in _GIB_PER_CPU:
        return None
    vcpus = _LARGE if match["size"] == "large" else _XLARGE * int(match["multiple"] or 1)
    return allocatable(vcpus, vcpus * _GIB_PER_CPU[match["category"]])


def smallest_of_group(instance_types: Iterable[str]) -> NodeSize:
    """Return the least CPU and memory of the types of a group. Nothing, if a size is unknown."""
    sizes = [node_size(each) or NodeSize(millicores=0, mib=0, pods=0) for each in instance_types]
    return NodeSize(
        millicores=min(each.millicores for each in sizes),
        mib=min(each.mib for each in sizes),
        pods=min(each.pods for each in sizes),
    )


def sizes_of_pool(pool: NodePoolConfig) -> list[NodeSize]:
    """Return the nodes of each category and size that a Karpenter pool can have within its limits."""
    return [
        allocatable(vcpus, vcpus * ratio)
        for vcpus in _vcpus_of_nodes(pool)
        for ratio in _ratios(pool)
        if vcpus * ratio <= pool.memory_gib
    ]


def most_nodes_of_pool(pool: NodePoolConfig) -> int:
    """Return the nodes of a Karpenter pool if all have the smallest size, `large`."""
    return pool.vcpus // _LARGE


def total_of_pool(pool: NodePoolConfig, *, pods_of_each_node: Iterable[PodGroup]) -> NodeSize:
    """Return what a Karpenter pool has for pods at its limits, in the worst case.

    The limits include what EKS and `pods_of_each_node` take of each node. That is most with the smallest
    nodes. The number of pods is lowest with the largest nodes. The least memory of a vCPU limits the vCPUs,
    and the most limits the memory.
    """
    on_each = list(pods_of_each_node)
    smallest = allocatable(_LARGE, 0).without(on_each)
    most = min(pool.vcpus, pool.memory_gib // min(_ratios(pool))) // _LARGE
    vcpus = most * _LARGE
    memory_gib = min(pool.memory_gib, vcpus * max(_ratios(pool)))
    fewest = math.ceil(vcpus / max(_vcpus_of_nodes(pool)))
    taken = _MIB_RESERVED + sum(each.pods * each.mib for each in on_each)
    return NodeSize(
        millicores=most * smallest.millicores,
        mib=max(0, memory_gib * 1024 - most * taken),
        pods=fewest * smallest.pods,
    )


def _vcpus_of_nodes(pool: NodePoolConfig) -> list[int]:
    return [each for each in _POOL_SIZES if each <= min(pool.max_instance_vcpus, pool.vcpus)]


def _ratios(pool: NodePoolConfig) -> list[int]:
    return [_GIB_PER_CPU[category] for category in pool.categories]
