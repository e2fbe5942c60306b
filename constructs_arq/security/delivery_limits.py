"""The statements of the boundary of delivery roles: what CI/CD can do at most."""

from collections.abc import Sequence
from dataclasses import dataclass

from constructs_arq.core.policy import Statement
from constructs_arq.core.stack import Stack
from constructs_arq.security.shared_limits import (
    ACCOUNT_DEFAULTS,
    BACKUP_USES,
    CONNECTION_TOKENS,
    allow_all_but_administration,
    boundary_policies,
    buckets_and_objects,
    canary_functions,
    deny,
    deny_all_but,
    log_forwarder,
    restore_functions,
    state_key_aliases,
    workload_roles,
)

# The services of this library's constructs. So delivery roles use no other that runs code with a role, such
# as Glue or SageMaker, and none that records the account, such as CloudTrail.
_SERVICES = (
    "acm",
    "application-autoscaling",
    "autoscaling",
    "cloudfront",
    "cloudwatch",
    "codebuild",
    "codeconnections",
    "codestar-connections",
    "ec2",
    "ecr",
    "eks",
    "elasticache",
    "elasticloadbalancing",
    "events",
    "iam",
    "kms",
    "lambda",
    "logs",
    "pi",
    "rds",
    "route53",
    "s3",
    "scheduler",
    "secretsmanager",
    "servicequotas",
    "sns",
    "sqs",
    "ssm",
    "states",
    "synthetics",
    "tag",
    "wafv2",
)
# Reports of costs, and the check for an anomaly monitor of AWS. The plan role has them.
_COST_READS = ("ce:GetAnomalyMonitors", "ce:GetCostAndUsage")
# `arqctl doctor` asks whether these exist. It reads no finding and no recorded call.
_AUDIT_READS = (
    "access-analyzer:ListAnalyzers",
    "config:DescribeConfigurationRecorders",
    "config:DescribeDeliveryChannels",
    "guardduty:GetDetector",
    "guardduty:ListDetectors",
    "securityhub:DescribeHub",
)
_IAM_CHANGES = tuple(
    f"iam:{verb}*"
    for verb in (
        "Add",
        "Attach",
        "Change",
        "Create",
        "Deactivate",
        "Delete",
        "Detach",
        "Disable",
        "Enable",
        "Pass",
        "Put",
        "Remove",
        "Reset",
        "Resync",
        "Set",
        "Tag",
        "Untag",
        "Update",
        "Upload",
    )
)
# These change what a role can do. Their requests have the boundary of the role as a condition key.
_ROLE_PERMISSION_CHANGES = (
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
)
# Uses of a key that reveal data.
_DECRYPTIONS = ("kms:Decrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
_STATE_USES = (
    "s3:DeleteObject",
    "s3:GetBucket*",
    "s3:GetEncryptionConfiguration",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutObject",
)
_STATE_KEY_USES = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:GetPublicKey",
    "kms:ReEncrypt*",
)


@dataclass(frozen=True, kw_only=True)
class DeliveryReach:
    """Names on which the limits of delivery roles depend.

    `workload_boundary` is the ARN of the boundary of workload roles. `runner_roles` are the ARNs of
    each `RunnerRole`, and `restore_role` is that of the role for restores: delivery roles only read and pass
    them.
    `state_bucket` is the name of the bucket that Terraform uses. `state_copies` are names, or patterns of
    names, of buckets that only AWS writes.
    """

    workload_boundary: str
    runner_roles: Sequence[str]
    restore_role: str
    state_bucket: str
    state_copies: Sequence[str]


def delivery_limits(stack: Stack, reach: DeliveryReach) -> tuple[Statement, ...]:
    """Return the statements."""
    return (
        allow_all_but_administration(stack),
        # The account stack makes the boundaries, and a plan reads them.
        Statement(
            sid="ReadBoundaries", actions=["iam:Get*", "iam:List*"], resources=[boundary_policies(stack)]
        ),
        deny_all_but(
            "KnownServicesOnly",
            *(f"{service}:*" for service in _SERVICES),
            *BACKUP_USES,
            *_COST_READS,
            *_AUDIT_READS,
        ),
        *_identity_limits(stack, reach),
        *_state_limits(stack, reach),
        *_key_limits(stack),
        *_instance_limits(stack),
        Statement(
            sid="KnownFunctionsOnly",
            effect="Deny",
            actions=["lambda:*"],
            not_resources=[*canary_functions(stack), *restore_functions(stack), log_forwarder(stack)],
        ),
        deny("NoAccountDefaults", *ACCOUNT_DEFAULTS),
        # With such a token, a role reads and writes the repositories of the connection.
        deny("NoRepositoryTokens", *CONNECTION_TOKENS),
    )


def _identity_limits(stack: Stack, reach: DeliveryReach) -> tuple[Statement, ...]:
    roles = workload_roles(stack)
    return (
        # Delivery roles, administrators and users have other paths.
        Statement(
            sid="OwnIdentitiesOnly",
            effect="Deny",
            actions=_IAM_CHANGES,
            not_resources=[
                roles,
                *reach.runner_roles,
                reach.restore_role,
                stack.arn("iam", f"instance-profile/{stack.physical_name('*')}", region=""),
                stack.arn("iam", "oidc-provider/oidc.eks.*", region=""),
                stack.arn("iam", "role/aws-service-role/*", region=""),
            ],
        ),
        Statement(
            sid="RolesWithBoundaryOnly",
            effect="Deny",
            actions=_ROLE_PERMISSION_CHANGES,
            resources=[roles],
            conditions={"StringNotEquals": {"iam:PermissionsBoundary": reach.workload_boundary}},
        ),
        Statement(
            sid="PassOnly",
            effect="Deny",
            not_actions=["iam:Get*", "iam:List*", "iam:PassRole"],
            resources=[*reach.runner_roles, reach.restore_role],
        ),
        deny("KeepBoundaries", "iam:DeleteRolePermissionsBoundary"),
    )


def _state_limits(stack: Stack, reach: DeliveryReach) -> tuple[Statement, ...]:
    aliases = state_key_aliases(stack)
    return (
        Statement(
            sid="StateObjectsOnly",
            effect="Deny",
            not_actions=_STATE_USES,
            resources=buckets_and_objects(stack, [reach.state_bucket]),
        ),
        Statement(
            sid="NoStateCopies",
            effect="Deny",
            actions=["s3:*"],
            resources=buckets_and_objects(stack, reach.state_copies),
        ),
        Statement(
            sid="StateKeyUseOnly",
            effect="Deny",
            not_actions=_STATE_KEY_USES,
            resources=[stack.arn("kms", "key/*", region="*")],
            conditions={"ForAnyValue:StringLike": {"kms:ResourceAliases": aliases}},
        ),
        Statement(
            sid="NoStateAliases",
            effect="Deny",
            actions=["kms:*Alias"],
            resources=[stack.arn("kms", aliases, region="*")],
        ),
    )


def _key_limits(stack: Stack) -> tuple[Statement, ...]:
    return (
        # Services decrypt for the caller, for example RDS its password. The caller itself only the state.
        Statement(
            sid="DecryptThroughServicesOnly",
            effect="Deny",
            actions=_DECRYPTIONS,
            resources=["*"],
            conditions={
                "Null": {"kms:ViaService": "true"},
                "ForAllValues:StringNotLike": {"kms:ResourceAliases": state_key_aliases(stack)},
            },
        ),
        Statement(
            sid="GrantsInAccountOnly",
            effect="Deny",
            actions=["kms:CreateGrant"],
            resources=["*"],
            conditions={
                "Null": {"kms:ViaService": "true"},
                "BoolIfExists": {"kms:GrantIsForAWSResource": "false"},
                "StringNotLike": {"kms:GranteePrincipal": stack.arn("*", "*", region="*")},
            },
        ),
    )


def _instance_limits(stack: Stack) -> tuple[Statement, ...]:
    """Protect instances that others made: their commands run with their roles."""
    templates = [stack.arn("ec2", "launch-template/*", region="*")]
    foreign = {"aws:ResourceTag/environment": stack.environment}
    return (
        deny("NoCommands", "ssm:SendCommand", "ssm:StartSession", "ssm:ResumeSession"),
        Statement(
            sid="OwnTemplatesOnly",
            effect="Deny",
            actions=["ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"],
            resources=templates,
            conditions={"StringNotEquals": foreign},
        ),
        # Without a creating action, the request changes the tags of a template that exists.
        Statement(
            sid="KeepTemplateTags",
            effect="Deny",
            actions=["ec2:CreateTags", "ec2:DeleteTags"],
            resources=templates,
            conditions={"StringNotEquals": foreign, "Null": {"ec2:CreateAction": "true"}},
        ),
    )
