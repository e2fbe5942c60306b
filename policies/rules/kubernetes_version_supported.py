"""Kubernetes releases."""

from policies.lifecycle import is_supported
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict


@rule(
    id="CKV_ARQ_14",
    severity="HIGH",
    on=("aws_eks_cluster",),
    why="After standard support, EKS costs six times as much and finally upgrades automatically.",
    link="https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html",
)
def kubernetes_version_supported(cluster: Block, _: Stack) -> Verdict:
    """EKS clusters must run a Kubernetes release in standard support: upgrade version."""
    return is_supported("kubernetes", cluster.get("version"))
