"""The IAM role of nodes."""

from constructs import Construct

from constructs_arq.security.role import Role, Trust

# The node has the CNI's permissions: the Pod Identity agent starts only after the CNI assigns addresses. Pods
# can't use them, because the IMDS hop limit is one.
# https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
_POLICIES = (
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonSSMManagedInstanceCore",
)


def make_node_role(scope: Construct, id: str, *, name: str, description: str) -> Role:
    """Create a role for nodes: join the cluster, pull images and use Session Manager.

    The name is fixed, so `ClusterLimits` can list it.
    """
    role = Role(scope, id, description=description, trust=Trust.service("ec2.amazonaws.com"), role_name=name)
    for policy in _POLICIES:
        role.attach_managed_policy(policy)
    return role
