"""The statements of the boundary of workload roles: what a role of an environment's stack can do at most.

A boundary grants nothing. It lists what workloads, nodes and AWS's services use. So a new service of AWS is
not allowed until somebody adds it here.
"""

from collections.abc import Sequence

from constructs_arq.core.policy import Statement
from constructs_arq.core.stack import Stack
from constructs_arq.security.shared_limits import (
    ACCOUNT_DEFAULTS,
    INSTANCE_TAKEOVER,
    SHARING,
    allow_all_but_administration,
    deny,
    deny_all_but,
    state_denials,
    workload_roles,
)

# Data, and not who has access to it.
_DATA = (
    "dynamodb:*Item",
    "dynamodb:ConditionCheck*",
    "dynamodb:DescribeTable",
    "dynamodb:Query",
    "dynamodb:Scan",
    "elasticache:Connect",
    "kinesis:Describe*",
    "kinesis:Get*",
    "kinesis:List*",
    "kinesis:PutRecord*",
    "kinesis:SubscribeToShard",
    "rds-db:connect",
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:DeleteObjectTagging",
    "s3:DeleteObjectVersion",
    "s3:Get*",
    "s3:List*",
    "s3:PutObject",
    "s3:PutObjectTagging",
    "s3:Replicate*",
    "s3:RestoreObject",
    "secretsmanager:Describe*",
    "secretsmanager:Get*Value",
)
_KEYS = (
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:Describe*",
    "kms:Encrypt",
    "kms:Generate*",
    "kms:Get*",
    "kms:List*",
    "kms:ReEncrypt*",
    "kms:Sign",
    "kms:Verify*",
)
_MESSAGES = (
    "bedrock:Invoke*",
    "events:PutEvents",
    "firehose:PutRecord*",
    "ses:Send*",
    "sns:Publish",
    "sqs:*Message*",
    "sqs:Get*",
    "sqs:List*",
)
_IMAGES = (
    "ecr:Batch*",
    "ecr:CompleteLayerUpload",
    "ecr:Describe*",
    "ecr:Get*",
    "ecr:InitiateLayerUpload",
    "ecr:List*",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)
_TELEMETRY = (
    "aps:RemoteWrite",
    "cloudwatch:Describe*",
    "cloudwatch:Get*",
    "cloudwatch:List*",
    "cloudwatch:PutMetricData",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:Describe*",
    "logs:FilterLogEvents",
    "logs:Get*",
    "logs:List*",
    "logs:PutLogEvents",
    "logs:PutRetentionPolicy",
    "logs:StartQuery",
    "xray:Get*",
    "xray:Put*Records",
    "xray:PutTraceSegments",
)
# Systems Manager's agent, and published parameters.
_AGENT = (
    "ec2messages:*",
    "ssm:Describe*",
    "ssm:Get*",
    "ssm:List*",
    "ssm:PutComplianceItems",
    "ssm:PutConfigurePackageResult",
    "ssm:PutInventory",
    "ssm:Update*AssociationStatus",
    "ssm:UpdateInstanceInformation",
    "ssmmessages:*",
)
# Controllers in the cluster: Karpenter, AWS Load Balancer Controller, EBS CSI driver, ExternalDNS.
_CONTROLLERS = (
    "acm:Describe*",
    "acm:List*",
    "arc-zonal-shift:Get*",
    "autoscaling:CompleteLifecycleAction",
    "autoscaling:Describe*",
    "autoscaling:RecordLifecycleActionHeartbeat",
    "autoscaling:SetDesiredCapacity",
    "autoscaling:TerminateInstanceInAutoScalingGroup",
    "autoscaling:UpdateAutoScalingGroup",
    "cloudfront:*Invalidation*",
    "ec2:*",
    "eks-auth:AssumeRoleForPodIdentity",
    "eks:AccessKubernetesApi",
    "eks:Describe*",
    "eks:List*",
    "elasticloadbalancing:*",
    "iam:Get*",
    "iam:List*",
    "pricing:Get*",
    "rds:Describe*",
    "route53:ChangeResourceRecordSets",
    "route53:Get*",
    "route53:List*",
    "tag:Get*",
    "wafv2:AssociateWebACL",
    "wafv2:DisassociateWebACL",
    "wafv2:Get*",
    "wafv2:List*",
)
# Runners of CodeBuild inside the network.
_RUNNERS = (
    "codebuild:BatchPut*",
    "codebuild:CreateReport*",
    "codebuild:UpdateReport",
    "codeconnections:GetConnection*",
    "codeconnections:UseConnection",
    "codestar-connections:GetConnection*",
    "codestar-connections:UseConnection",
)
# A node, another role of the environment, and a role that a service creates for itself.
_ROLE_USES = ("iam:CreateServiceLinkedRole", "iam:PassRole", "sts:AssumeRole", "sts:TagSession")
# The services for which a workload can create a service-linked role.
_LINKED_SERVICES = ("elasticloadbalancing.amazonaws.com", "spot.amazonaws.com")
# A new version of a launch template runs its own commands with the profile of the template.
_TEMPLATE_CHANGES = ("ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate")


def workload_limits(stack: Stack, *, state_buckets: Sequence[str]) -> tuple[Statement, ...]:
    """Return the statements. `state_buckets` are the names of buckets that no workload can use."""
    return (
        allow_all_but_administration(stack),
        deny_all_but(
            "OnlyUses",
            *_DATA,
            *_KEYS,
            *_MESSAGES,
            *_IMAGES,
            *_TELEMETRY,
            *_AGENT,
            *_CONTROLLERS,
            *_RUNNERS,
            *_ROLE_USES,
        ),
        *_role_limits(stack),
        *state_denials(stack, state_buckets),
        deny("NoSharing", *SHARING, *ACCOUNT_DEFAULTS, *INSTANCE_TAKEOVER, *_TEMPLATE_CHANGES),
        # IAM doesn't see whom a trust names. This rejects the users of all identity providers, such as pods
        # of a stranger's cluster.
        Statement(
            sid="NoWebIdentities",
            effect="Deny",
            actions=["*"],
            resources=["*"],
            conditions={"Null": {"aws:FederatedProvider": "false"}},
        ),
        # CodeBuild attaches the network interfaces of a runner. Anyone else could be another account.
        Statement(
            sid="InterfacesForBuildsOnly",
            effect="Deny",
            actions=["ec2:CreateNetworkInterfacePermission"],
            resources=["*"],
            conditions={"StringNotEquals": {"ec2:AuthorizedService": "codebuild.amazonaws.com"}},
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


def _role_limits(stack: Stack) -> tuple[Statement, ...]:
    """Limit workloads to roles with the path of the environment, which have this boundary too."""
    roles = workload_roles(stack)
    return (
        Statement(
            sid="OwnRolesOnly",
            effect="Deny",
            actions=["iam:PassRole", "sts:AssumeRole", "sts:TagSession"],
            not_resources=[roles],
        ),
        Statement(
            sid="PassToInstancesOnly",
            effect="Deny",
            actions=["iam:PassRole"],
            resources=["*"],
            conditions={"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
        ),
        Statement(
            sid="KnownServicesOnly",
            effect="Deny",
            actions=["iam:CreateServiceLinkedRole"],
            resources=["*"],
            conditions={"StringNotEquals": {"iam:AWSServiceName": _LINKED_SERVICES}},
        ),
    )
