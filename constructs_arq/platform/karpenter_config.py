"""Configuration of Karpenter's nodes."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from constructs_arq.cluster.node_group import Capacity, LabelKey, LabelValue, Taint
from constructs_arq.core.config import Config
from constructs_arq.core.instance_types import Architecture
from constructs_arq.core.values import Slug

# General types, whose memory follows from their vCPUs. https://aws.amazon.com/ec2/instance-types/
Category = Literal["c", "m", "r"]
# Types of generation 8 exist in all categories and of both architectures.
_LAST_GENERATION = 8
# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
_POOL_NAME_LENGTH = 40


class NodePoolConfig(Config):
    """Nodes that Karpenter may launch for pending pods."""

    vcpus: int = Field(ge=2, le=20_000, description="Most vCPUs of all nodes of the pool together.")
    memory_gib: int = Field(ge=4, le=200_000, description="Most memory of all nodes together, in GiB.")
    capacity: tuple[Capacity, ...] = Field(
        default=(Capacity.ON_DEMAND,),
        min_length=1,
        description="On-demand, spot, or both: then Karpenter prefers spot.",
    )
    architecture: Architecture = Field(
        default=Architecture.ARM64, description="Architecture of the images of the pods."
    )
    categories: tuple[Category, ...] = Field(
        default=("c", "m", "r"),
        min_length=1,
        description="Instance categories c, m and r, such as m of m7g.large.",
    )
    newer_than_generation: int = Field(
        default=5,
        ge=1,
        lt=_LAST_GENERATION,
        description="Instance generation above which types are used, at most 7.",
    )
    max_instance_vcpus: int = Field(
        default=16, ge=2, le=192, description="Most vCPUs of a node: the loss of one affects all its pods."
    )
    disrupted_nodes: str = Field(
        default="10%",
        pattern=r"^(100%|[1-9]?[0-9]%|[0-9]+)$",
        description="Nodes that Karpenter replaces at once, as a number or percentage.",
    )
    consolidate_after_minutes: int = Field(
        default=5, ge=1, le=1440, description="Minutes without a change of pods before nodes are merged."
    )
    expire_after_days: int = Field(
        default=14, ge=1, le=30, description="Age at which a node is replaced, in days."
    )
    drain_hours: int = Field(
        default=4,
        ge=1,
        le=48,
        description="Hours after which the pods of a replaced node are stopped, disruption budget or not.",
    )
    labels: Mapping[LabelKey, LabelValue] = Field(default_factory=dict, description="Labels of the nodes.")
    taints: tuple[Taint, ...] = Field(default=(), description="Taints of the nodes.")


class KarpenterConfig(Config):
    """Settings of Karpenter that an environment can vary."""

    node_pools: Mapping[Annotated[Slug, Field(max_length=_POOL_NAME_LENGTH)], NodePoolConfig] = Field(
        min_length=1, description="Node pools by name."
    )
    volume_gib: int = Field(
        default=50, ge=20, le=16384, description="Volume size for images, logs and temporary data."
    )
