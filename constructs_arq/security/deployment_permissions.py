"""Permissions of the CI/CD roles that plan and deploy. Neither role can read data."""

from constructs_arq.core.protocols import StateStore
from constructs_arq.core.stack import Stack
from constructs_arq.security.role import Role

# Actions that read data. Terraform needs configuration only. AWS's ReadOnlyAccess includes most of them.
_DATA_READS = (
    "athena:GetQueryResults",
    "dynamodb:BatchGetItem",
    "dynamodb:GetItem",
    "dynamodb:PartiQLSelect",
    "dynamodb:Query",
    "dynamodb:Scan",
    "ebs:GetSnapshotBlock",
    "ec2:GetConsoleOutput",
    "ec2:GetConsoleScreenshot",
    "ec2:GetPasswordData",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "kinesis:GetRecords",
    "lambda:GetFunction",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:GetLogRecord",
    "logs:GetQueryResults",
    "logs:StartLiveTail",
    "logs:StartQuery",
    "logs:Unmask",
    "rds-data:ExecuteStatement",
    "rds-db:connect",
    "rds:DownloadCompleteDBLogFile",
    "rds:DownloadDBLogFilePortion",
    "redshift-data:ExecuteStatement",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetSecretValue",
    "sqs:ReceiveMessage",
)
# A principal that can read a parameter can also decrypt it if AWS's default key encrypts it.
_PARAMETER_READS = (
    "ssm:GetParameter",
    "ssm:GetParameterHistory",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
)
_OBJECT_READS = ("s3:GetObject", "s3:GetObjectTorrent", "s3:GetObjectVersion")
_REMOTE_COMMANDS = ("ssm:SendCommand", "ssm:StartSession")

_ROLE_ACTIONS = (
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListInstanceProfilesForRole",
    "iam:ListRolePolicies",
    "iam:ListRoleTags",
    "iam:PutRolePolicy",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
    "iam:UpdateRoleDescription",
)
_INSTANCE_PROFILE_ACTIONS = (
    "iam:AddRoleToInstanceProfile",
    "iam:CreateInstanceProfile",
    "iam:DeleteInstanceProfile",
    "iam:GetInstanceProfile",
    "iam:RemoveRoleFromInstanceProfile",
    "iam:TagInstanceProfile",
    "iam:UntagInstanceProfile",
)
_OIDC_PROVIDER_ACTIONS = (
    "iam:AddClientIDToOpenIDConnectProvider",
    "iam:CreateOpenIDConnectProvider",
    "iam:DeleteOpenIDConnectProvider",
    "iam:GetOpenIDConnectProvider",
    "iam:RemoveClientIDFromOpenIDConnectProvider",
    "iam:TagOpenIDConnectProvider",
    "iam:UntagOpenIDConnectProvider",
    "iam:UpdateOpenIDConnectProviderThumbprint",
)
_SERVICE_LINKED_ROLE_ACTIONS = (
    "iam:GetRole",
    "iam:GetServiceLinkedRoleDeletionStatus",
    "iam:ListRoleTags",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateRoleDescription",
)
# The services to which constructs of this library pass roles.
_SERVICES_WITH_ROLES = (
    "ec2.amazonaws.com",
    "eks.amazonaws.com",
    "monitoring.rds.amazonaws.com",
    "pods.eks.amazonaws.com",
    "rds.amazonaws.com",
    "s3.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
)
_STATE_BUCKET_CHANGES = (
    "s3:BypassGovernanceRetention",
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:DeleteObjectVersion",
    "s3:PutBucketAcl",
    "s3:PutBucketLogging",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutInventoryConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutObjectAcl",
    "s3:PutObjectVersionAcl",
    "s3:PutReplicationConfiguration",
)
_STATE_KEY_CHANGES = (
    "kms:CreateGrant",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:PutKeyPolicy",
    "kms:ReplicateKey",
    "kms:ScheduleKeyDeletion",
)
_IDENTITY_CHANGES = (
    "iam:Add*",
    "iam:Attach*",
    "iam:Create*",
    "iam:Delete*",
    "iam:Detach*",
    "iam:PassRole",
    "iam:Put*",
    "iam:Remove*",
    "iam:Tag*",
    "iam:Untag*",
    "iam:Update*",
)
# Audit services belong to the account's owner, not to an environment.
_AUDIT_CHANGES = (
    "access-analyzer:DeleteAnalyzer",
    "cloudtrail:DeleteEventDataStore",
    "cloudtrail:DeleteTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:StopEventDataStoreIngestion",
    "cloudtrail:StopLogging",
    "cloudtrail:UpdateEventDataStore",
    "cloudtrail:UpdateTrail",
    "config:DeleteConfigurationRecorder",
    "config:DeleteDeliveryChannel",
    "config:PutConfigurationRecorder",
    "config:PutDeliveryChannel",
    "config:StopConfigurationRecorder",
    "guardduty:CreateFilter",
    "guardduty:DeleteDetector",
    "guardduty:DeletePublishingDestination",
    "guardduty:UpdateDetector",
    "securityhub:DisableSecurityHub",
)


def allow_plan(role: Role, *, state: StateStore) -> None:
    """Allow `role` to read the state and all configuration of the account, without data and without writes.

    It can't lock the state either: plan with `-lock=false`.
    """
    role.attach_managed_policy("ReadOnlyAccess")
    state.grant_read(role)
    _deny_data(role, state=state)
    role.deny("kms:Decrypt", except_on=[state.key.arn], policy_name="decrypt-nothing-but-state")


def allow_deploy(role: Role, *, state: StateStore, protected_role_prefix: str) -> None:
    """Allow `role` to manage the environment's resources, but not to read data or to weaken its own limits.

    It can manage IAM roles whose names start with the environment's name, except those that start with
    `protected_role_prefix`, which are the CI/CD roles. It can pass roles to the services of this library
    only, and service-linked roles to autoscaling groups. It can use the state, but not delete old versions of
    it or change its bucket or key. It can't write the state of the stack that creates this role, nor its
    lock. It can't stop audit services.

    These limits apply to the role itself. Roles that it creates can have more permissions: only a permissions
    boundary on each of them would prevent that.
    """
    stack = Stack.of(role)
    role.attach_managed_policy("PowerUserAccess")
    state.grant_read_write(role)
    own = stack.physical_name("*")
    roles = stack.arn("iam", f"role/{own}", region="")
    role.allow(*_ROLE_ACTIONS, on=roles, policy_name="manage-roles")
    role.allow(
        *_INSTANCE_PROFILE_ACTIONS,
        on=stack.arn("iam", f"instance-profile/{own}", region=""),
        policy_name="manage-instance-profiles",
    )
    role.allow(
        "iam:PassRole",
        on=roles,
        policy_name="pass-roles",
        conditions={"StringEquals": {"iam:PassedToService": _SERVICES_WITH_ROLES}},
    )
    role.allow(
        *_OIDC_PROVIDER_ACTIONS,
        on=stack.arn("iam", "oidc-provider/oidc.eks.*", region=""),
        policy_name="manage-cluster-identities",
    )
    role.allow(
        *_SERVICE_LINKED_ROLE_ACTIONS,
        on=stack.arn("iam", "role/aws-service-role/*", region=""),
        policy_name="keep-service-linked-roles",
    )
    role.allow(
        "iam:PassRole",
        on=stack.arn("iam", f"role/aws-service-role/autoscaling.amazonaws.com/*_{own}", region=""),
        policy_name="pass-launchers",
        conditions={"StringEquals": {"iam:PassedToService": "autoscaling.amazonaws.com"}},
    )
    _deny_data(role, state=state)
    # The stack looks up roles of people and delivery roles that have access to the cluster.
    role.allow("iam:GetRole", on=stack.arn("iam", "role/*", region=""), policy_name="find-roles")
    role.deny(
        *_IDENTITY_CHANGES,
        on=[stack.arn("iam", f"role/{protected_role_prefix}*", region="")],
        policy_name="leave-delivery-alone",
    )
    role.deny(
        "s3:DeleteObject",
        "s3:PutObject",
        on=[f"{state.arn}/{stack.name}.tfstate*"],
        policy_name="leave-account-state-alone",
    )
    role.deny(*_STATE_BUCKET_CHANGES, on=[state.arn, f"{state.arn}/*"], policy_name="leave-state-alone")
    role.deny(*_STATE_KEY_CHANGES, on=[state.key.arn], policy_name="leave-state-key-alone")
    role.deny(*_AUDIT_CHANGES, policy_name="leave-records-alone")


def _deny_data(role: Role, *, state: StateStore) -> None:
    role.deny(*_DATA_READS, *_REMOTE_COMMANDS, policy_name="read-no-contents")
    # AWS publishes these for everyone. Launch templates use them to find the newest machine images.
    published = Stack.of(role).arn("ssm", "parameter/aws/service/*", region="*", account_id="")
    role.deny(*_PARAMETER_READS, except_on=[published], policy_name="read-no-parameters-but-public")
    role.deny(*_OBJECT_READS, except_on=[f"{state.arn}/*"], policy_name="read-no-objects-but-state")
