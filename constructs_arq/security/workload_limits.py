"""The statements of the boundary of workload roles: what a role of an environment's stack can do at most.

A boundary grants nothing. It denies all but what `workload_uses` lists.
"""

from collections.abc import Sequence

from constructs_arq.core.policy import Statement
from constructs_arq.core.stack import Stack
from constructs_arq.security.shared_limits import (
    allow_all_but_administration,
    deny_all_but,
    state_denials,
    workload_roles,
)
from constructs_arq.security.workload_uses import ALL_USES

# Of these, an instance or a volume of others must be safe.
_USES_OF_EXISTING = (
    "ec2:*Snapshot",
    "ec2:*Tags",
    "ec2:*Volume*",
    "ec2:TerminateInstances",
)
# The services for which a workload can create a service-linked role.
_LINKED_SERVICES = ("elasticloadbalancing.amazonaws.com", "spot.amazonaws.com")


def workload_limits(
    stack: Stack, *, state_buckets: Sequence[str], runner_roles: Sequence[str]
) -> tuple[Statement, ...]:
    """Return the statements.

    `state_buckets` are the names of buckets that no workload can use. `runner_roles` are the ARNs of the
    only roles that can use connections.
    """
    return (
        allow_all_but_administration(stack),
        deny_all_but("OnlyUses", *ALL_USES),
        _role_limits(stack),
        _service_limits(),
        *state_denials(stack, state_buckets),
        _instance_limits(stack),
        # With a connection's token, a role reads and writes its repositories.
        Statement(
            sid="ConnectionsForRunnersOnly",
            effect="Deny",
            actions=["codeconnections:*", "codestar-connections:*"],
            resources=["*"],
            conditions={"ArnNotEquals": {"aws:PrincipalArn": runner_roles}},
        ),
        # IAM doesn't see whom a trust names. This rejects the users of all identity providers, such as pods
        # of a stranger's cluster.
        Statement(
            sid="NoWebIdentities",
            effect="Deny",
            actions=["*"],
            resources=["*"],
            conditions={"Null": {"aws:FederatedProvider": "false"}},
        ),
        # A bucket of another account can let everybody write.
        Statement(
            sid="NoForeignBuckets",
            effect="Deny",
            actions=["s3:PutObject", "s3:Replicate*"],
            resources=["*"],
            conditions={"StringNotEqualsIfExists": {"aws:ResourceAccount": stack.account_id}},
        ),
        Statement(
            sid="GrantsForServicesOnly",
            effect="Deny",
            actions=["kms:CreateGrant"],
            resources=["*"],
            conditions={"BoolIfExists": {"kms:GrantIsForAWSResource": "false"}},
        ),
    )


def _role_limits(stack: Stack) -> Statement:
    """Limit workloads to roles with the path of the environment, which have this boundary too."""
    return Statement(
        sid="OwnRolesOnly",
        effect="Deny",
        actions=["iam:PassRole", "sts:AssumeRole", "sts:TagSession"],
        not_resources=[workload_roles(stack)],
    )


def _service_limits() -> Statement:
    """Limit the services to which workloads give roles and network interfaces.

    A request of each action has one of the keys, and no request of another action has that key. IAM evaluates
    `StringNotEquals` to true for a key that a request does not have. So each key limits its own action.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
    """
    return Statement(
        sid="KnownServicesOnly",
        effect="Deny",
        actions=["ec2:CreateNetworkInterfacePermission", "iam:CreateServiceLinkedRole", "iam:PassRole"],
        resources=["*"],
        conditions={
            "StringNotEquals": {
                # CodeBuild attaches the network interfaces of a runner. Anyone else could be another account.
                "ec2:AuthorizedService": "codebuild.amazonaws.com",
                "iam:AWSServiceName": _LINKED_SERVICES,
                "iam:PassedToService": "ec2.amazonaws.com",
            }
        },
    )


def _instance_limits(stack: Stack) -> Statement:
    """Protect instances, volumes and snapshots of others: a volume has the programs that an instance runs.

    Nodes have the tag of the environment, or that of the cluster. Volumes and snapshots of the EBS CSI driver
    have its tag. A new resource has no id yet, so the patterns don't match it.
    """
    return Statement(
        sid="OwnInstancesOnly",
        effect="Deny",
        actions=_USES_OF_EXISTING,
        resources=[
            stack.arn("ec2", "instance/i-*", region="*"),
            stack.arn("ec2", "volume/vol-*", region="*"),
            stack.arn("ec2", "snapshot/snap-*", region="*", account_id="*"),
        ],
        conditions={
            "StringNotEquals": {
                "aws:ResourceTag/environment": stack.environment,
                "aws:ResourceTag/ebs.csi.aws.com/cluster": "true",
                f"aws:ResourceTag/kubernetes.io/cluster/{stack.physical_name('cluster')}": "owned",
            },
            # The request that creates a resource also tags it.
            "Null": {"ec2:CreateAction": "true"},
        },
    )
