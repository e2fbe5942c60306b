"""IAM permissions of a delivery runner: its network interfaces, its logs, and its repository."""

from collections.abc import Sequence

from constructs_arq.core.protocols import Grantee
from constructs_arq.core.stack import Stack

_DESCRIBED = ("DhcpOptions", "NetworkInterfaces", "SecurityGroups", "Subnets", "Vpcs")
# ARNs of connections have one of two prefixes, and the action's prefix must match.
# https://docs.aws.amazon.com/dtconsole/latest/userguide/rename.html
_CONNECTION_SERVICES = ("codeconnections", "codestar-connections")
_CONNECTION_ACTIONS = ("GetConnection", "GetConnectionToken", "UseConnection")


def grant_runner_permissions(
    role: Grantee,
    *,
    stack: Stack,
    subnet_ids: Sequence[str],
    security_group_id: str,
    log_group_arn: str,
    connection_arn: str,
) -> None:
    """Grant what CodeBuild needs to start a container in the VPC.

    https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-iam-identity-based-access-control.html#customer-managed-policies-example-create-vpc-network-interface
    """
    interfaces = stack.arn("ec2", "network-interface/*")
    subnets = [stack.arn("ec2", f"subnet/{subnet}") for subnet in subnet_ids]
    role.allow(
        *(f"ec2:Describe{name}" for name in _DESCRIBED), on="*", policy_name="describe-network-interfaces"
    )
    role.allow(
        "ec2:CreateNetworkInterface",
        on=[interfaces, *subnets, stack.arn("ec2", f"security-group/{security_group_id}")],
        policy_name="create-network-interfaces",
    )
    role.allow(
        "ec2:DeleteNetworkInterface",
        on=interfaces,
        policy_name="delete-network-interfaces",
        conditions={"ArnEquals": {"ec2:Subnet": subnets}},
    )
    role.allow(
        "ec2:CreateNetworkInterfacePermission",
        on=interfaces,
        policy_name="attach-network-interfaces",
        conditions={
            "StringEquals": {"ec2:AuthorizedService": "codebuild.amazonaws.com"},
            "ArnEquals": {"ec2:Subnet": subnets},
        },
    )
    role.allow("logs:CreateLogStream", "logs:PutLogEvents", on=f"{log_group_arn}:*", policy_name="write-logs")
    role.allow(
        *(f"{service}:{action}" for service in _CONNECTION_SERVICES for action in _CONNECTION_ACTIONS),
        on=connection_arn,
        policy_name="use-connection",
    )
