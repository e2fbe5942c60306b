"""What those who deliver the platform may do: plan it, or deploy it. Neither reads what it holds."""

from constructs_arq.core.contracts import StateStore
from constructs_arq.core.stack import Stack
from constructs_arq.security.role import Role

# Reads of contents, where configuration is all that Terraform compares. Most are in AWS's ReadOnlyAccess too.
_CONTENTS = (
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
# With AWS's own key, parameters are decrypted for everyone who may read them.
_PARAMETERS = (
    "ssm:GetParameter",
    "ssm:GetParameterHistory",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
)
_OBJECTS = ("s3:GetObject", "s3:GetObjectTorrent", "s3:GetObjectVersion")
_SHELLS = ("ssm:SendCommand", "ssm:StartSession")

_ROLES = (
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
_INSTANCE_PROFILES = (
    "iam:AddRoleToInstanceProfile",
    "iam:CreateInstanceProfile",
    "iam:DeleteInstanceProfile",
    "iam:GetInstanceProfile",
    "iam:RemoveRoleFromInstanceProfile",
    "iam:TagInstanceProfile",
    "iam:UntagInstanceProfile",
)
_PROVIDERS = (
    "iam:AddClientIDToOpenIDConnectProvider",
    "iam:CreateOpenIDConnectProvider",
    "iam:DeleteOpenIDConnectProvider",
    "iam:GetOpenIDConnectProvider",
    "iam:RemoveClientIDFromOpenIDConnectProvider",
    "iam:TagOpenIDConnectProvider",
    "iam:UntagOpenIDConnectProvider",
    "iam:UpdateOpenIDConnectProviderThumbprint",
)
_SERVICE_LINKED_ROLES = (
    "iam:GetRole",
    "iam:GetServiceLinkedRoleDeletionStatus",
    "iam:ListRoleTags",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateRoleDescription",
)
# The services that constructs of this library hand roles to.
_SERVICES_WITH_ROLES = (
    "ec2.amazonaws.com",
    "eks.amazonaws.com",
    "monitoring.rds.amazonaws.com",
    "pods.eks.amazonaws.com",
    "rds.amazonaws.com",
    "s3.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
)
_UNDOING_STATE = (
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
_UNDOING_KEY = (
    "kms:CreateGrant",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:PutKeyPolicy",
    "kms:ReplicateKey",
    "kms:ScheduleKeyDeletion",
)
# What records and watches an account is its owner's, not an environment's.
_UNDOING_RECORDS = (
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


def permit_plan(role: Role, *, state: StateStore) -> None:
    """Let `role` read the state, and how everything in the account is configured; no contents, no write.

    Not even a lock on the state: plan with `-lock=false`.
    """
    role.attach_managed_policy("ReadOnlyAccess")
    state.grant_read(role)
    _deny_contents(role, state=state)
    role.deny("kms:Decrypt", but_on=[state.key.arn], purpose="decrypt-nothing-but-state")


def permit_deploy(role: Role, *, state: StateStore, guarded: str) -> None:
    """Let `role` make and unmake what the environment has, but not read its contents, nor undo its footing.

    Of IAM it may touch what begins with the environment's name, except what begins with `guarded`: the roles
    that deliver. It may pass roles to the services that this library gives roles to, and to groups that scale
    the linked role that launches for them alone. It uses the state, and can't delete old versions of it, nor
    change its bucket or key; nor may it stop what records and watches the account.

    That holds for the role itself. Roles that it makes may be allowed more than it: only a permissions
    boundary on each of them would hold for what runs with those.
    """
    stack = Stack.of(role)
    role.attach_managed_policy("PowerUserAccess")
    state.grant_read_write(role)
    own = stack.physical_name("*")
    roles = stack.arn("iam", f"role/{own}", region="")
    role.allow(*_ROLES, on=roles, purpose="manage-roles")
    role.allow(
        *_INSTANCE_PROFILES,
        on=stack.arn("iam", f"instance-profile/{own}", region=""),
        purpose="manage-instance-profiles",
    )
    role.allow(
        "iam:PassRole",
        on=roles,
        purpose="pass-roles",
        conditions={"StringEquals": {"iam:PassedToService": _SERVICES_WITH_ROLES}},
    )
    role.allow(
        *_PROVIDERS,
        on=stack.arn("iam", "oidc-provider/oidc.eks.*", region=""),
        purpose="manage-cluster-identities",
    )
    role.allow(
        *_SERVICE_LINKED_ROLES,
        on=stack.arn("iam", "role/aws-service-role/*", region=""),
        purpose="keep-service-linked-roles",
    )
    role.allow(
        "iam:PassRole",
        on=stack.arn("iam", f"role/aws-service-role/autoscaling.amazonaws.com/*_{own}", region=""),
        purpose="pass-launchers",
        conditions={"StringEquals": {"iam:PassedToService": "autoscaling.amazonaws.com"}},
    )
    _deny_contents(role, state=state)
    role.deny("iam:*", on=[stack.arn("iam", f"role/{guarded}*", region="")], purpose="leave-delivery-alone")
    role.deny(*_UNDOING_STATE, on=[state.arn, f"{state.arn}/*"], purpose="leave-state-alone")
    role.deny(*_UNDOING_KEY, on=[state.key.arn], purpose="leave-state-key-alone")
    role.deny(*_UNDOING_RECORDS, purpose="leave-records-alone")


def _deny_contents(role: Role, *, state: StateStore) -> None:
    role.deny(*_CONTENTS, *_SHELLS, purpose="read-no-contents")
    # AWS publishes these for everyone. Launch templates refer to the newest machine images by them.
    published = Stack.of(role).arn("ssm", "parameter/aws/service/*", region="*", account_id="")
    role.deny(*_PARAMETERS, but_on=[published], purpose="read-no-parameters-but-public")
    role.deny(*_OBJECTS, but_on=[f"{state.arn}/*"], purpose="read-no-objects-but-state")
