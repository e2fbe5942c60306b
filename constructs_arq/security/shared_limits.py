"""Limits of both delivery roles and workloads' roles: they share no data and don't change the account.

IAM doesn't see the content of a policy, a key policy or a trust. So these lists contain the actions that the
stacks don't need at all. Only an organization's policies can check what the others let in: docs/delivery.md.
"""

from collections.abc import Sequence

from constructs_arq.core.policy import Statement
from constructs_arq.core.stack import Stack

# Give another account access to data or to a network.
SHARING = (
    "acm:ExportCertificate",
    "ec2:AcceptTransitGateway*",
    "ec2:AcceptVpcPeeringConnection",
    "ec2:CopyImage",
    "ec2:CopySnapshot",
    "ec2:CreateInstanceExportTask",
    "ec2:CreateStoreImageTask",
    "ec2:CreateTransitGateway*",
    "ec2:CreateVpcEndpointServiceConfiguration",
    "ec2:CreateVpcPeeringConnection",
    "ec2:ExportImage",
    "ec2:Modify*ImageAttribute",
    "ec2:ModifySnapshotAttribute",
    "ec2:ModifyVpcEndpointServicePermissions",
    "ec2:ModifyVpcPeeringConnectionOptions",
)
# The same, of resources that only the stacks create. The boundary of workloads allows no such action.
SERVICE_SHARING = (
    "ec2:CreateNetworkInterfacePermission",
    "codebuild:*SourceCredentials",
    "codebuild:PutResourcePolicy",
    "ecr:CreatePullThroughCacheRule",
    "ecr:PutRegistryPolicy",
    "ecr:PutReplicationConfiguration",
    "elasticache:Copy*",
    "elasticache:Export*",
    "events:CreateEventBus",
    "events:PutPermission",
    "events:UpdateEventBus",
    "logs:CreateExportTask",
    "logs:Link",
    "logs:PutAccountPolicy",
    "logs:PutDeliveryDestinationPolicy",
    "logs:PutDestination*",
    "logs:PutSubscriptionFilter",
    "rds:CopyDB*Snapshot",
    "rds:CreateIntegration",
    "rds:ModifyDB*SnapshotAttribute",
    "rds:StartExportTask",
    "route53:AssociateVPCWithHostedZone",
    "route53:CreateVPCAssociationAuthorization",
    "s3:*AccessPoint*",
    "s3:BypassGovernanceRetention",
    "s3:CreateJob",
    "s3:ObjectOwnerOverrideToBucketOwner",
    "s3:PutAccountPublicAccessBlock",
    "s3:PutAnalyticsConfiguration",
    "s3:PutBucketAcl",
    "s3:PutInventoryConfiguration",
    "s3:PutObject*Acl",
    "secretsmanager:PutResourcePolicy",
    "secretsmanager:ReplicateSecretToRegions",
    "sns:AddPermission",
    "sqs:AddPermission",
    "ssm:ModifyDocumentPermission",
    "ssm:PutResourcePolicy",
    "wafv2:PutPermissionPolicy",
)
# Set what holds for the whole account. Terraform sets it in the account stack.
ACCOUNT_DEFAULTS = (
    "ec2:Disable*BlockPublicAccess",
    "ec2:DisableEbsEncryptionByDefault",
    "ec2:EnableSerialConsoleAccess",
    "ec2:ModifyEbsDefaultKmsKeyId",
    "ec2:ModifyInstanceMetadataDefaults",
    "ec2:ResetEbsDefaultKmsKeyId",
)
# Run code on an instance, with its role.
INSTANCE_TAKEOVER = ("ssm:SendCommand", "ssm:StartSession", "ssm:ResumeSession")


def deny(sid: str, *actions: str) -> Statement:
    """Return a statement that denies `actions` on all resources."""
    return Statement(sid=sid, effect="Deny", actions=actions, resources=["*"])


def allow_all_but_administration(stack: Stack) -> Statement:
    """Return the statement without which a boundary allows nothing. The denials after it are the limits.

    A list of denials is stricter than a list of what is allowed. If the policy of a bucket, or the trust of a
    role, names a session, then only explicit denials of the boundary count.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    boundaries = stack.arn("iam", f"policy/{stack.physical_name('*boundary')}", region="")
    return Statement(
        sid="AllButAdministration",
        not_actions=["account:*", "organizations:*"],
        not_resources=[boundaries],
    )


def deny_all_but(sid: str, *actions: str) -> Statement:
    """Return a statement that denies all actions except `actions`."""
    return Statement(sid=sid, effect="Deny", not_actions=actions, resources=["*"])


def workload_roles(stack: Stack) -> str:
    """Return the ARN pattern of the roles that the environment's stacks create. Its name is their path."""
    return stack.arn("iam", f"role/{stack.environment}/*", region="")


def state_denials(stack: Stack, buckets: Sequence[str]) -> tuple[Statement, ...]:
    """Deny all use of the state, its copy and their keys."""
    arns = [stack.arn("s3", name, region="", account_id="") for name in buckets]
    return (
        Statement(
            sid="NoState",
            effect="Deny",
            actions=["s3:*"],
            resources=[each for arn in arns for each in (arn, f"{arn}/*")],
        ),
        Statement(
            sid="NoStateKeys",
            effect="Deny",
            actions=["kms:*"],
            resources=["*"],
            conditions={"ForAnyValue:StringLike": {"kms:ResourceAliases": state_key_aliases(stack)}},
        ),
    )


def state_key_aliases(stack: Stack) -> str:
    """Return the pattern of the aliases of keys that encrypt the state and its copy."""
    return f"alias/{stack.physical_name('state-')}*"
