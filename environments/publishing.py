"""Permissions to publish images and the site's files from a workflow.

The account stack exists before the bucket, the distribution and their key. So the permissions name them by
pattern, alias or tag: https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
"""

from constructs_arq.core.stack import Stack
from constructs_arq.security.role import Role
from constructs_arq.storage.image_repository import ImageRepository


def allow_publishing(role: Role, stack: Stack) -> None:
    """Allow `role` to push images and to publish the site of the platform stack."""
    ImageRepository.from_name(stack, name=stack.physical_name("images")).grant_push(role)
    bucket = stack.arn("s3", f"{stack.physical_name('site-site-bucket')}-*", region="", account_id="")
    role.allow(
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:PutObject",
        on=[bucket, f"{bucket}/*"],
        policy_name="write-site",
        # Bucket names are global, so another account could have one that matches the pattern.
        conditions={"StringEquals": {"aws:ResourceAccount": stack.account_id}},
    )
    role.allow(
        "kms:Decrypt",
        "kms:GenerateDataKey",
        on=stack.arn("kms", "key/*"),
        policy_name="use-site-key",
        conditions={
            "ForAnyValue:StringEquals": {
                "kms:ResourceAliases": f"alias/{stack.physical_name('site-site-key')}"
            }
        },
    )
    role.allow(
        "cloudfront:CreateInvalidation",
        "cloudfront:GetInvalidation",
        on=stack.arn("cloudfront", "distribution/*", region=""),
        policy_name="invalidate-site",
        conditions={"StringEquals": {"aws:ResourceTag/environment": stack.environment}},
    )
    # `arqctl publish site` finds the distribution by its domain. CloudFront lists all or none.
    role.allow("cloudfront:ListDistributions", on="*", policy_name="find-site")
