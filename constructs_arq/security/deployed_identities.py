"""Permissions of the deploy role to manage the roles of workloads, and those that AWS's services create."""

from constructs_arq.core.stack import Stack
from constructs_arq.security.role import Role
from constructs_arq.security.shared_limits import workload_roles

# The boundary of delivery roles allows changes of permissions only on roles with the boundary of workloads.
_ROLE_ACTIONS = (
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:DeleteRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
    "iam:UpdateRoleDescription",
)
_POLICY_ATTACHMENTS = ("iam:AttachRolePolicy", "iam:DetachRolePolicy")
# The policies that constructs of this library attach.
ATTACHABLE_POLICIES = (
    "AmazonEBSCSIDriverPolicyV2",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEKSClusterPolicy",
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonSSMManagedInstanceCore",
    "CloudWatchAgentServerPolicy",
    "service-role/AmazonRDSEnhancedMonitoringRole",
)
# The services to which constructs of this library pass roles. CodeBuild gets only the `RunnerRole`.
_SERVICES_WITH_ROLES = (
    "ec2.amazonaws.com",
    "eks.amazonaws.com",
    "events.amazonaws.com",
    # Synthetics runs canaries as functions.
    "lambda.amazonaws.com",
    "monitoring.rds.amazonaws.com",
    "pods.eks.amazonaws.com",
    "rds.amazonaws.com",
    "s3.amazonaws.com",
    "scheduler.amazonaws.com",
    "states.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
)
# Services that create a role for themselves with the caller's permissions.
_LINKED_SERVICES = (
    "apidestinations.events.amazonaws.com",
    "autoscaling.amazonaws.com",
    "eks-nodegroup.amazonaws.com",
    "eks.amazonaws.com",
    "elasticache.amazonaws.com",
    "elasticloadbalancing.amazonaws.com",
    "rds.amazonaws.com",
    "spot.amazonaws.com",
    "vpcorigin.cloudfront.amazonaws.com",
    "wafv2.amazonaws.com",
)
_LAUNCHER_ACTIONS = (
    "iam:DeleteServiceLinkedRole",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateRoleDescription",
)


def allow_roles(role: Role) -> None:
    """Allow `role` to manage the roles of the environment's stacks, and to pass them to services."""
    stack = Stack.of(role)
    roles = workload_roles(stack)
    role.allow(*_ROLE_ACTIONS, on=roles, policy_name="manage-roles")
    attachable = [
        stack.arn("iam", f"policy/{name}", region="", account_id="aws") for name in ATTACHABLE_POLICIES
    ]
    role.allow(
        *_POLICY_ATTACHMENTS,
        on=roles,
        policy_name="attach-policies",
        conditions={"ArnEquals": {"iam:PolicyARN": attachable}},
    )
    role.allow(
        "iam:PassRole",
        on=roles,
        policy_name="pass-roles",
        conditions={"StringEquals": {"iam:PassedToService": _SERVICES_WITH_ROLES}},
    )
    role.allow(
        "iam:*InstanceProfile",
        on=stack.arn("iam", f"instance-profile/{stack.physical_name('*')}", region=""),
        policy_name="manage-instance-profiles",
    )


def allow_identities_of_services(role: Role) -> None:
    """Allow `role` to manage service-linked roles, and the identity providers of clusters."""
    stack = Stack.of(role)
    role.allow(
        "iam:*OpenIDConnectProvider*",
        on=stack.arn("iam", "oidc-provider/oidc.eks.*", region=""),
        policy_name="manage-cluster-identities",
    )
    linked = stack.arn("iam", "role/aws-service-role/*", region="")
    role.allow(
        "iam:CreateServiceLinkedRole",
        on=linked,
        policy_name="create-service-linked-roles",
        conditions={"StringEquals": {"iam:AWSServiceName": _LINKED_SERVICES}},
    )
    # The suffix of a role is the name of its fleet. Those without a suffix belong to the whole account.
    suffix = stack.physical_name("*")
    launchers = stack.arn("iam", f"role/aws-service-role/autoscaling.amazonaws.com/*_{suffix}", region="")
    role.allow(*_LAUNCHER_ACTIONS, on=launchers, policy_name="manage-launchers")
    role.allow(
        "iam:PassRole",
        on=launchers,
        policy_name="pass-launchers",
        conditions={"StringEquals": {"iam:PassedToService": "autoscaling.amazonaws.com"}},
    )
