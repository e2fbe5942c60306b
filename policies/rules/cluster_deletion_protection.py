"""One wrong plan must not be able to delete a production cluster."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_true


@rule(
    id="CKV_ARQ_15",
    severity="HIGH",
    on=("aws_eks_cluster",),
    production_only=True,
    why="Some changes replace a cluster and all that runs inside; protection makes EKS refuse.",
    link="https://docs.aws.amazon.com/eks/latest/userguide/deletion-protection.html",
)
def cluster_deletion_protection(cluster: Block, _: Stack) -> Verdict:
    """A production cluster is protected from deletion."""
    return is_true(cluster.get("deletion_protection"))
