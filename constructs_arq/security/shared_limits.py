"""Limits of both delivery roles and workloads' roles."""

from collections.abc import Sequence

from constructs_arq.core.policy import Statement
from constructs_arq.core.stack import Stack

# Set what holds for the whole account. Terraform sets it in the account stack.
ACCOUNT_DEFAULTS = (
    "ec2:CreateVpcBlockPublicAccessExclusion",
    "ec2:Disable*BlockPublicAccess",
    "ec2:DisableAllowedImagesSettings",
    "ec2:DisableEbsEncryptionByDefault",
    "ec2:EnableSerialConsoleAccess",
    "ec2:ModifyEbsDefaultKmsKeyId",
    "ec2:ModifyInstanceMetadataDefaults",
    "ec2:ModifyVpcBlockPublicAccess*",
    "ec2:ReplaceImageCriteriaInAllowedImagesSettings",
    "ec2:ResetEbsDefaultKmsKeyId",
)
# The deploy role uses these of AWS Backup: restore tests, messages of vaults, and tags.
BACKUP_USES = (
    "backup:*BackupVaultNotifications",
    "backup:*RestoreTesting*",
    "backup:ListTags",
    "backup:TagResource",
    "backup:UntagResource",
)
# Credentials of GitHub, for all repositories of a connection. The service has two prefixes:
# https://docs.aws.amazon.com/dtconsole/latest/userguide/rename.html
CONNECTION_TOKENS = ("codeconnections:Get*Token", "codestar-connections:Get*Token")


def deny(sid: str, *actions: str) -> Statement:
    """Return a statement that denies `actions` on all resources."""
    return Statement(sid=sid, effect="Deny", actions=actions, resources=["*"])


def allow_all_but_administration(stack: Stack) -> Statement:
    """Return the statement without which a boundary allows nothing. The denials after it are the limits.

    A list of denials is stricter than a list of what is allowed. If the policy of a bucket, or the trust of a
    role, names a session, then only explicit denials of the boundary count.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    return Statement(
        sid="AllButAdministration",
        not_actions=["account:*", "organizations:*"],
        not_resources=[boundary_policies(stack)],
    )


def boundary_policies(stack: Stack) -> str:
    """Return the ARN pattern of the environment's boundaries."""
    return stack.arn("iam", f"policy/{stack.physical_name('*boundary')}", region="")


def deny_all_but(sid: str, *actions: str) -> Statement:
    """Return a statement that denies all actions except `actions`."""
    return Statement(sid=sid, effect="Deny", not_actions=actions, resources=["*"])


def workload_roles(stack: Stack) -> str:
    """Return the ARN pattern of the roles that the environment's stacks create. Its name is their path."""
    return stack.arn("iam", f"role/{stack.environment}/*", region="")


def canary_functions(stack: Stack) -> tuple[str, ...]:
    """Return the ARN patterns of what Synthetics makes in Lambda for canaries, and of its own layers.

    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/CloudWatchSyntheticsFullAccess.html
    """
    own = f"cwsyn-{stack.physical_name('*')}"
    return (
        stack.arn("lambda", f"function:{own}", region="*"),
        stack.arn("lambda", f"layer:{own}", region="*"),
        stack.arn("lambda", "layer:Synthetics*", region="*", account_id="*"),
    )


def restore_testing_plans(stack: Stack) -> str:
    """Return the ARN pattern of the environment's plans of restore tests. Their names have no hyphens."""
    plan = stack.environment.replace("-", "_")
    return stack.arn("backup", f"restore-testing-plan:{plan}_*")


def log_forwarder(stack: Stack) -> str:
    """Return the ARN of the function that sends log groups to Loki."""
    return stack.arn("lambda", f"function:{stack.physical_name('log-forwarder')}")


def restore_functions(stack: Stack) -> tuple[str, ...]:
    """Return the ARNs of the functions of restore tests."""
    return tuple(
        stack.arn("lambda", f"function:{stack.physical_name(f'restore-tests-{name}')}")
        for name in ("age", "validator")
    )


def state_denials(stack: Stack, buckets: Sequence[str]) -> tuple[Statement, ...]:
    """Deny all use of the state, its copy and their keys."""
    return (
        Statement(
            sid="NoState",
            effect="Deny",
            actions=["s3:*"],
            resources=buckets_and_objects(stack, buckets),
        ),
        Statement(
            sid="NoStateKeys",
            effect="Deny",
            actions=["kms:*"],
            resources=["*"],
            conditions={"ForAnyValue:StringLike": {"kms:ResourceAliases": state_key_aliases(stack)}},
        ),
    )


def buckets_and_objects(stack: Stack, names: Sequence[str]) -> list[str]:
    """Return the ARNs of buckets and of their objects. A pattern that ends with `*` matches both."""
    arns = [stack.arn("s3", name, region="", account_id="") for name in names]
    return [each for arn in arns for each in ((arn,) if arn.endswith("*") else (arn, f"{arn}/*"))]


def state_key_aliases(stack: Stack) -> str:
    """Return the pattern of the aliases of keys that encrypt the state and its copy."""
    return f"alias/{stack.physical_name('state-')}*"
