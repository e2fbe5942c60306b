"""The permissions with which Lambda connects a function to a network."""

from typing import Final

from constructs_arq.core.policy import Conditions
from constructs_arq.core.stack import Stack
from constructs_arq.security.role import Role

_CHANGES: Final = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:UnassignPrivateIpAddresses",
)
_READS: Final = ("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets")


def allow_interfaces(role: Role) -> None:
    """Allow Lambda to attach network interfaces with the role of a function, but not the function's code.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    """
    stack = Stack.of(role)
    # Requests of Lambda itself have no such function.
    by_lambda: Conditions = {"Null": {"lambda:SourceFunctionArn": "true"}}
    role.allow(
        *_CHANGES,
        on=[stack.arn("ec2", f"{kind}/*") for kind in ("network-interface", "security-group", "subnet")],
        policy_name="attach-interfaces",
        conditions=by_lambda,
    )
    role.allow(*_READS, on="*", policy_name="find-interfaces", conditions=by_lambda)
