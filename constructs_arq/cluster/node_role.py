"""What a node may do."""

from constructs import Construct

from constructs_arq.security.role import Role, Trust

# The CNI's permissions are the node's own rather than a pod's: a node is not ready, and runs no Pod Identity
# agent, before the CNI has given out addresses. Pods can't borrow them, as IMDS ends one hop away.
# https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
_POLICIES = (
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonSSMManagedInstanceCore",
)


def node_role(scope: Construct, id: str, *, purpose: str) -> Role:
    """A role with which nodes join the cluster, pull images and are reached through Session Manager."""
    role = Role(scope, id, purpose=purpose, trust=Trust.service("ec2.amazonaws.com"))
    for name in _POLICIES:
        role.attach_managed_policy(name)
    return role
