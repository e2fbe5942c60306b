"""The cluster in which add-ons run."""

from dataclasses import dataclass

from constructs_arq.core.protocols import KubernetesCluster, VirtualNetwork


@dataclass(frozen=True, kw_only=True)
class AddonTarget:
    """A cluster, its Kubernetes version such as "1.35", and the VPC of its nodes and control plane."""

    cluster: KubernetesCluster
    kubernetes_version: str
    network: VirtualNetwork
