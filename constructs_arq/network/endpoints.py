"""VPC endpoints of AWS services, with policies that restrict accounts."""

from collections.abc import Sequence
from typing import Literal

from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from constructs import Construct

from constructs_arq.core.policy import Conditions, Statement, policy_document
from constructs_arq.core.port import Port
from constructs_arq.core.protocols import VirtualNetwork
from constructs_arq.core.stack import Stack
from constructs_arq.core.values import slugify
from constructs_arq.network.subnets import PrivateSubnets
from constructs_arq.security.connections import SecurityGroup

# https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
InterfaceService = Literal[
    "autoscaling",
    "backup",
    "ec2",
    "ec2messages",
    "ecr.api",
    "ecr.dkr",
    "eks",
    "eks-auth",
    "elasticloadbalancing",
    "kms",
    "logs",
    "monitoring",
    "rds",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "ssmmessages",
    "sts",
]

# These services accept no endpoint policy.
_FULL_ACCESS_ONLY = frozenset({"eks-auth"})

_ANYONE = {"AWS": "*"}


def published_objects_statement(stack: Stack) -> Statement:
    """Return the statement that lets everyone read objects of other accounts' buckets, where these allow it.

    Container registries (ECR, registry.k8s.io, Docker Hub) and package repositories keep their files in their
    own buckets, and change them. The statement doesn't allow writes.
    """
    return Statement(
        sid="ReadWhatOthersPublish",
        actions=["s3:GetObject"],
        resources=[stack.arn("s3", "*/*", region="", account_id="")],
        principals=_ANYONE,
    )


class GatewayEndpoints(Construct):
    """Gateway endpoints for S3 and DynamoDB: free, and open to this account's principals and resources only.

    `extra_s3_statements` allow more in S3. Other route tables can have endpoints with other policies.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        network: VirtualNetwork,
        name: str,
        route_table_ids: Sequence[str],
        extra_s3_statements: Sequence[Statement] = (),
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        own = _same_account(stack.account_id)
        for service, statements in {
            "s3": [_allow_own_principals("s3:*", own), *extra_s3_statements],
            "dynamodb": [_allow_own_principals("dynamodb:*", own)],
        }.items():
            VpcEndpoint(
                self,
                service,
                vpc_id=network.vpc_id,
                vpc_endpoint_type="Gateway",
                service_name=f"com.amazonaws.{stack.region}.{service}",
                route_table_ids=route_table_ids,
                policy=policy_document(*statements),
                tags={"Name": f"{name}-{service}"},
            )


class InterfaceEndpoints(Construct):
    """Interface endpoints for AWS services, with private DNS names, open to this account's principals only.

    Resources of other accounts are allowed: EKS pulls its add-ons' images from AWS's own registries.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        subnets: PrivateSubnets,
        name: str,
        services: Sequence[InterfaceService],
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        network = subnets.network
        group = SecurityGroup(
            self,
            "security-group",
            network=network,
            description="The interface endpoints of AWS services",
            listens_on=Port.tcp(443),
        )
        self.connections = group.connections
        self.connections.allow_from_range(network.cidr, why="everything in the VPC calls AWS services")
        for service in services:
            VpcEndpoint(
                self,
                slugify(service),
                vpc_id=network.vpc_id,
                vpc_endpoint_type="Interface",
                service_name=f"com.amazonaws.{stack.region}.{service}",
                subnet_ids=subnets.subnet_ids,
                security_group_ids=[self.connections.security_group_id],
                private_dns_enabled=True,
                policy=None
                if service in _FULL_ACCESS_ONLY
                else policy_document(*_interface_statements(service, stack)),
                tags={"Name": f"{name}-{slugify(service)}"},
            )


def _interface_statements(service: InterfaceService, stack: Stack) -> list[Statement]:
    statements = [_allow_own_principals("*", {"StringEquals": {"aws:PrincipalAccount": stack.account_id}})]
    if service == "sts":
        # This request is unsigned: its token identifies the caller. So the policy restricts the role.
        statements.append(
            Statement(
                sid="TakeOwnRoles",
                actions=["sts:AssumeRoleWithWebIdentity"],
                resources=[stack.arn("iam", "role/*", region="")],
                principals=_ANYONE,
            )
        )
    return statements


def _allow_own_principals(actions: str, conditions: Conditions) -> Statement:
    return Statement(
        sid="OwnPrincipals", actions=[actions], resources=["*"], principals=_ANYONE, conditions=conditions
    )


def _same_account(account_id: str) -> Conditions:
    return {"StringEquals": {"aws:PrincipalAccount": account_id, "aws:ResourceAccount": account_id}}
