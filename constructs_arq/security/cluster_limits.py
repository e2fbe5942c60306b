"""Limits of access to clusters. The deploy role can't give it to itself or to the roles of workloads.

They are a policy of their own, because they grow with the number of roles, and a boundary is nearly full.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelastickubernetesservice.html
"""

from collections.abc import Sequence

from constructs import Construct

from constructs_arq.core.policy import Statement
from constructs_arq.core.stack import Stack
from constructs_arq.security.managed_policy import make_managed_policy
from constructs_arq.security.role import Role
from constructs_arq.security.shared_limits import deny


class ClusterLimits(Construct):
    """Two policies of denials for `role`: one is too short for all names.

    Only the roles with the names `cluster_roles` get access, on any path. Those with the names
    `delivery_roles` get access too, and have no path. Those with the names `node_roles` get the access of a
    node. `role` can't change whom these trust.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        role: Role,
        cluster_roles: Sequence[str],
        delivery_roles: Sequence[str],
        node_roles: Sequence[str],
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        nodes = [stack.arn("iam", f"role/{stack.environment}/{each}", region="") for each in node_roles]
        policy = make_managed_policy(
            self,
            name=name,
            description="Limits whom the deploy role gives access to clusters",
            statements=_user_limits(stack, cluster_roles, delivery_roles, nodes),
        )
        role.attach_policy(policy)
        of_nodes = make_managed_policy(
            Construct(self, "nodes"),
            name=f"{name}-nodes",
            description="Limits what the deploy role does with the roles of nodes, and how clusters log in",
            statements=_node_limits(nodes),
        )
        role.attach_policy(of_nodes)


def _user_limits(
    stack: Stack, cluster_roles: Sequence[str], delivery_roles: Sequence[str], nodes: Sequence[str]
) -> tuple[Statement, ...]:
    # Terraform knows the names of people's roles, but not their paths.
    known = [
        stack.arn("iam", f"role/{each}", region="")
        for each in (*cluster_roles, *(f"*/{name}" for name in cluster_roles), *delivery_roles)
    ]
    return (
        Statement(
            sid="KnownClusterRolesOnly",
            effect="Deny",
            actions=["eks:CreateAccessEntry"],
            resources=["*"],
            conditions={"ArnNotLike": {"eks:principalArn": [*nodes, *known]}},
        ),
        Statement(
            sid="KnownClusterUsersOnly",
            effect="Deny",
            actions=["eks:AssociateAccessPolicy", "eks:UpdateAccessEntry"],
            not_resources=[
                stack.arn("eks", f"access-entry/*/role/{stack.account_id}/{name}/*", region="*")
                for name in (*cluster_roles, *delivery_roles)
            ],
        ),
    )


def _node_limits(nodes: Sequence[str]) -> tuple[Statement, ...]:
    return (
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
        # Terraform sets the trust when it creates the role.
        Statement(
            sid="KeepNodeTrust",
            effect="Deny",
            actions=["iam:UpdateAssumeRolePolicy"],
            resources=nodes,
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
