"""The role of a delivery runner, which the account stack makes before the runner exists."""

from constructs import Construct

from constructs_arq.core.stack import Stack
from constructs_arq.security.role import Role, Trust

_DESCRIBED = ("DhcpOptions", "NetworkInterfaces", "SecurityGroups", "Subnets", "Vpcs")


class RunnerRole(Construct):
    """The role of the `DeliveryRunner` with the name `name` in `region`. The name is also the role's.

    Only CodeBuild can assume it, and only for that runner's project. It belongs to the account stack, because
    it can get tokens of a `GithubConnection`: no deployment can change its trust or its permissions. The
    network, the log group and the key of the runner don't exist yet. So the permissions name them by the
    environment's tag, by name and by alias.
    https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-iam-identity-based-access-control.html#customer-managed-policies-example-create-vpc-network-interface
    """

    def __init__(
        self, scope: Construct, id: str, *, name: str, region: str, permissions_boundary: str
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        project = stack.arn("codebuild", f"project/{name}", region=region)
        self.role: Role = Role(
            self,
            "role",
            description=f"Starts the containers of {name}",
            trust=Trust.service(
                "codebuild.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account_id},
                    "ArnEquals": {"aws:SourceArn": project},
                },
            ),
            role_name=name,
            permissions_boundary=permissions_boundary,
        )
        self._allow_network_interfaces(stack, region)
        group = stack.arn("logs", f"log-group:/aws/codebuild/{name}:*", region=region)
        self.role.allow("logs:CreateLogStream", "logs:PutLogEvents", on=group, policy_name="write-logs")
        self.role.allow(
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*",
            on=stack.arn("kms", "key/*", region=region),
            policy_name="use-key",
            conditions={"ForAnyValue:StringEquals": {"kms:ResourceAliases": f"alias/{name}-key"}},
        )

    def grant_pass(self, role: Role, *others: "RunnerRole") -> None:
        """Allow `role` to pass this role and `others` to CodeBuild, and to no other service."""
        role.allow(
            "iam:PassRole",
            on=[each.role.arn for each in (self, *others)],
            policy_name="pass-runner-role",
            conditions={"StringEquals": {"iam:PassedToService": "codebuild.amazonaws.com"}},
        )

    def _allow_network_interfaces(self, stack: Stack, region: str) -> None:
        """Allow what CodeBuild needs to start a container in the networks of the environment."""
        interfaces = stack.arn("ec2", "network-interface/*", region=region)
        self.role.allow(
            *(f"ec2:Describe{name}" for name in _DESCRIBED),
            on="*",
            policy_name="describe-network-interfaces",
        )
        self.role.allow("ec2:CreateNetworkInterface", on=interfaces, policy_name="create-network-interfaces")
        self.role.allow(
            "ec2:CreateNetworkInterface",
            on=[stack.arn("ec2", f"{kind}/*", region=region) for kind in ("security-group", "subnet")],
            policy_name="use-own-networks",
            conditions={"StringEquals": {"aws:ResourceTag/environment": stack.environment}},
        )
        # EC2 refuses it for interfaces that are in use.
        self.role.allow("ec2:DeleteNetworkInterface", on=interfaces, policy_name="delete-network-interfaces")
        self.role.allow(
            "ec2:CreateNetworkInterfacePermission",
            on=interfaces,
            policy_name="attach-network-interfaces",
            conditions={"StringEquals": {"ec2:AuthorizedService": "codebuild.amazonaws.com"}},
        )
