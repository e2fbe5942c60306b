"""CPU and memory of nodes that pods can use."""

import re
from dataclasses import dataclass

_SIZE = re.compile(r"(?P<category>[a-z]+)\d[a-z0-9-]*\.(?P<multiple>\d*)(?P<size>large|xlarge)")
# Of the current general families: https://aws.amazon.com/ec2/instance-types/
_GIB_PER_CPU = {"c": 2, "m": 4, "r": 8}
_LARGE, _XLARGE = 2, 4
# EKS reserves this on a node for the kubelet and the operating system, at 110 pods.
# https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/kubelet/config.go
_MIB_RESERVED = 255 + 11 * 110 + 100
_FIRST_CORES = (60, 10, 5, 5)
_MILLICORES_OF_OTHERS = 2.5


@dataclass(frozen=True, kw_only=True)
class NodeSize:
    """CPU and memory that pods can request on one node, or on all nodes together."""

    millicores: int
    mib: int


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


def largest_of_pool(vcpus: int, categories: tuple[str, ...]) -> NodeSize:
    """Return the largest node of a Karpenter pool with these categories, up to a number of vCPUs."""
    ratio = max(_GIB_PER_CPU.get(category, max(_GIB_PER_CPU.values())) for category in categories)
    return allocatable(vcpus, vcpus * ratio)
