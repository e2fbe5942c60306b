"""Permissions of the CI/CD roles that plan and deploy. Neither role can read data.

The boundary of delivery roles limits both further: `delivery_limits`.
"""

from constructs_arq.core.policy import Conditions
from constructs_arq.core.protocols import StateStore
from constructs_arq.core.stack import Stack
from constructs_arq.security.data_reads import deny_data
from constructs_arq.security.deployed_identities import allow_identities_of_services, allow_roles
from constructs_arq.security.role import Role

# The region of CloudFront, Route 53 and IAM, and of what CloudFront uses.
_GLOBAL_REGION = "us-east-1"
# Resources of these services have ids that AWS chooses, or names that don't begin with the environment.
_SERVICES = (
    "acm:*",
    "autoscaling:*",
    "cloudfront:*",
    "cloudwatch:*",
    "ec2:*",
    "elasticache:*",
    "elasticloadbalancing:*",
    "events:*",
    "logs:*",
    "rds:*",
    "route53:*",
    "scheduler:*",
    "states:*",
    "wafv2:*",
)
# A cluster has no ARN before it exists.
_CREATIONS = ("eks:CreateCluster",)
# Reads that name no resource, or resources that the stacks only refer to.
_READS = (
    "codebuild:BatchGet*",
    "codebuild:List*",
    "codeconnections:GetConnection",
    "codeconnections:List*",
    "codestar-connections:GetConnection",
    "codestar-connections:List*",
    "ecr:Describe*",
    "ecr:GetRegistry*",
    "ecr:List*",
    "eks:Describe*",
    "eks:List*",
    "iam:Get*",
    "iam:List*",
    "kms:Describe*",
    "kms:Get*",
    "kms:List*",
    "s3:GetAccountPublicAccessBlock",
    "s3:ListAllMyBuckets",
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetRandomPassword",
    "sns:GetSubscriptionAttributes",
    "sns:List*",
    "sqs:ListQueues",
    "ssm:Describe*",
    "ssm:GetParameter*",
    "ssm:List*",
    "tag:Get*",
)
_BUILDS = ("fleet", "project", "report-group")
_CLUSTER_PARTS = ("access-entry", "addon", "cluster", "nodegroup", "podidentityassociation")
_KEY_CHANGES = (
    "kms:CancelKeyDeletion",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:ScheduleKeyDeletion",
    "kms:UntagResource",
    "kms:UpdateKeyDescription",
)
# Terraform calls these at once after it has created a key, directly or through the services that use the key.
_NEW_KEY_USES = (
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:EnableKeyRotation",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
    "kms:RetireGrant",
)
_ALIAS_ACTIONS = ("kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias")
# IAM knows no resource of these: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
_SUBSCRIPTION_ACTIONS = ("sns:SetSubscriptionAttributes", "sns:Unsubscribe")
# RDS creates and rotates the password of a database with the caller's permissions, and EventBridge the key
# of a connection. Terraform gives it a placeholder.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-permissions
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEventBridgeFullAccess.html
_SECRET_ACTIONS = (
    "secretsmanager:CreateSecret",
    "secretsmanager:DeleteSecret",
    "secretsmanager:PutSecretValue",
    "secretsmanager:RotateSecret",
    "secretsmanager:TagResource",
    "secretsmanager:UpdateSecret",
)


def allow_plan(role: Role, *, state: StateStore) -> None:
    """Allow `role` to read the state, all configuration and costs of the account, without data or writes.

    It can't lock the state either: plan with `-lock=false`.
    """
    role.attach_managed_policy("ReadOnlyAccess")
    # `ReadOnlyAccess` has no costs.
    role.allow("ce:GetCostAndUsage", on="*", policy_name="read-costs")
    monitors = Stack.of(role).arn("ce", "anomalymonitor/*", region="")
    role.allow("ce:GetAnomalyMonitors", on=monitors, policy_name="find-anomaly-monitors")
    state.grant_read(role)
    deny_data(role, state=state)
    role.deny("kms:Decrypt", except_on=[state.key.arn], policy_name="decrypt-nothing-but-state")


def allow_deploy(role: Role, *, state: StateStore) -> None:
    """Allow `role` to manage the environment's resources, but not to read or share data.

    It manages only IAM roles with the environment's path, which have the boundary of workloads. It passes
    them only to the services of this library, and attaches only listed policies to them. It uses the state,
    but can't write that of its own stack.
    """
    state.grant_read_write(role)
    _allow_services(role)
    _allow_keys(role)
    allow_roles(role)
    allow_identities_of_services(role)
    deny_data(role, state=state)
    role.deny(
        "s3:DeleteObject",
        "s3:PutObject",
        on=[f"{state.arn}/{Stack.of(role).name}.tfstate*"],
        policy_name="leave-account-state-alone",
    )


def _allow_services(role: Role) -> None:
    stack = Stack.of(role)
    own = stack.physical_name("*")
    regions = _in_regions(stack)
    role.allow(*_SERVICES, *_CREATIONS, on="*", policy_name="manage-services", conditions=regions)
    role.allow(*_READS, on="*", policy_name="find-resources", conditions=regions)
    role.allow(*_SUBSCRIPTION_ACTIONS, on="*", policy_name="manage-subscriptions", conditions=regions)
    role.allow(
        "codebuild:*",
        "ecr:*",
        "eks:*",
        "sns:*",
        "sqs:*",
        on=[
            # IAM allows no wildcard in place of the kind of resource.
            *(stack.arn("codebuild", f"{kind}/{own}", region="*") for kind in _BUILDS),
            stack.arn("ecr", f"repository/{own}", region="*"),
            *(stack.arn("eks", f"{kind}/{own}", region="*") for kind in _CLUSTER_PARTS),
            stack.arn("sns", own, region="*"),
            stack.arn("sqs", own, region="*"),
        ],
        policy_name="manage-named-resources",
    )
    role.allow(
        "s3:*",
        on=stack.arn("s3", own, region="", account_id=""),
        policy_name="manage-buckets",
        # Bucket names are global, so another account could have one that matches the pattern. AWS does not
        # document the key for buckets that don't exist.
        conditions={"StringEqualsIfExists": {"aws:ResourceAccount": stack.account_id}},
    )
    role.allow(
        *_SECRET_ACTIONS,
        on=[
            stack.arn("secretsmanager", f"secret:{name}", region="*")
            for name in ("rds!*", f"events!connection/{own}")
        ],
        policy_name="manage-secrets-of-services",
    )


def _allow_keys(role: Role) -> None:
    """Allow `role` to manage the environment's keys, which it recognizes by their tag.

    KMS needs up to five minutes until it knows a tag, so the first uses of a key work without the tag too:
    https://docs.aws.amazon.com/kms/latest/developerguide/tag-authorization.html
    """
    stack = Stack.of(role)
    keys = stack.arn("kms", "key/*", region="*")
    own, requested = (
        {f"aws:{kind}/environment": stack.environment} for kind in ("ResourceTag", "RequestTag")
    )
    not_foreign: Conditions = {"StringEqualsIfExists": own}
    role.allow(
        "kms:CreateKey",
        on="*",
        policy_name="create-keys",
        conditions={"StringEquals": {**requested, **_in_regions(stack)["StringEquals"]}},
    )
    role.allow(*_KEY_CHANGES, on=keys, policy_name="manage-keys", conditions={"StringEquals": own})
    role.allow(*_NEW_KEY_USES, *_ALIAS_ACTIONS, on=keys, policy_name="use-keys", conditions=not_foreign)
    # A change of another tag doesn't contain this one.
    role.allow(
        "kms:TagResource",
        on=keys,
        policy_name="tag-keys",
        conditions={"StringEqualsIfExists": {**own, **requested}},
    )
    aliases = stack.arn("kms", f"alias/{stack.physical_name('*')}", region="*")
    role.allow(*_ALIAS_ACTIONS, on=aliases, policy_name="manage-key-aliases")


def _in_regions(stack: Stack) -> Conditions:
    """Return the condition that a request is for a region of the environment, or a global service."""
    return {"StringEquals": {"aws:RequestedRegion": [stack.region, stack.backup_region, _GLOBAL_REGION]}}
