"""A Kubernetes release past its support costs six times as much, then upgrades by itself."""

from policies.lifecycle import is_supported
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict


@rule(
    id="CKV_ARQ_14",
    severity="HIGH",
    on=("aws_eks_cluster",),
    why="After standard support EKS costs six times as much, and at last upgrades by itself.",
    link="https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html",
)
def kubernetes_version_supported(cluster: Block, _: Stack) -> Verdict:
    """An EKS cluster runs a Kubernetes release within its standard support."""
    return is_supported("kubernetes", cluster.get("version"))
