"""Deletion protection of production clusters."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_true


@rule(
    id="CKV_ARQ_15",
    severity="HIGH",
    on=("aws_eks_cluster",),
    production_only=True,
    why="Some changes replace a cluster and everything in it; with protection, EKS refuses.",
    link="https://docs.aws.amazon.com/eks/latest/userguide/deletion-protection.html",
)
def cluster_deletion_protection(cluster: Block, _: Stack) -> Verdict:
    """Production EKS clusters must have deletion protection: set deletion_protection = true."""
    return is_true(cluster.get("deletion_protection"))
