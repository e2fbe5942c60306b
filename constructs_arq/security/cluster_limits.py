"""Limits of access to clusters. Delivery roles can't give it to themselves or to the roles of workloads.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelastickubernetesservice.html
"""

from collections.abc import Sequence

from constructs_arq.core.policy import Statement
from constructs_arq.core.stack import Stack
from constructs_arq.security.shared_limits import deny, workload_roles


def cluster_limits(stack: Stack, cluster_roles: Sequence[str]) -> tuple[Statement, ...]:
    """Return the statements. Only nodes, and roles with the names `cluster_roles`, get access to clusters."""
    nodes = workload_roles(stack)
    # Terraform knows the names of people's roles, but not their paths.
    known = [
        stack.arn("iam", f"role/{path}{name}", region="") for name in cluster_roles for path in ("", "*/")
    ]
    return (
        Statement(
            sid="KnownClusterRolesOnly",
            effect="Deny",
            actions=["eks:CreateAccessEntry"],
            resources=["*"],
            conditions={"ArnNotLike": {"eks:principalArn": [nodes, *known]}},
        ),
        Statement(
            sid="NodesOnly",
            effect="Deny",
            actions=["eks:CreateAccessEntry"],
            resources=["*"],
            conditions={
                "ArnLike": {"eks:principalArn": nodes},
                "StringNotEquals": {"eks:accessEntryType": "EC2_LINUX"},
            },
        ),
        Statement(
            sid="KnownClusterUsersOnly",
            effect="Deny",
            actions=["eks:AssociateAccessPolicy", "eks:UpdateAccessEntry"],
            not_resources=[
                stack.arn("eks", f"access-entry/*/role/{stack.account_id}/{name}/*") for name in cluster_roles
            ],
        ),
        # By default, the creator of a cluster is its administrator.
        Statement(
            sid="CreatorIsNoAdministrator",
            effect="Deny",
            actions=["eks:CreateCluster"],
            resources=["*"],
            conditions={"BoolIfExists": {"eks:bootstrapClusterCreatorAdminPermissions": "true"}},
        ),
        Statement(
            sid="AccessEntriesOnly",
            effect="Deny",
            actions=["eks:CreateCluster", "eks:UpdateClusterConfig"],
            resources=["*"],
            conditions={"StringEquals": {"eks:authenticationMode": ["API_AND_CONFIG_MAP", "CONFIG_MAP"]}},
        ),
        deny("NoOtherLogins", "eks:AssociateIdentityProviderConfig"),
    )
