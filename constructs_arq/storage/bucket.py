"""S3 buckets: one for data, one for the access logs that others write."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload,
    S3BucketLifecycleConfigurationRuleExpiration,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
)
from cdktf_cdktf_provider_aws.s3_bucket_logging import S3BucketLoggingA
from cdktf_cdktf_provider_aws.s3_bucket_notification import S3BucketNotification
from cdktf_cdktf_provider_aws.s3_bucket_ownership_controls import (
    S3BucketOwnershipControls,
    S3BucketOwnershipControlsRule,
)
from cdktf_cdktf_provider_aws.s3_bucket_policy import S3BucketPolicy
from cdktf_cdktf_provider_aws.s3_bucket_public_access_block import S3BucketPublicAccessBlock
from cdktf_cdktf_provider_aws.s3_bucket_server_side_encryption_configuration import (
    S3BucketServerSideEncryptionConfigurationA,
    S3BucketServerSideEncryptionConfigurationRuleA,
    S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA,
)
from cdktf_cdktf_provider_aws.s3_bucket_versioning import (
    S3BucketVersioningA,
    S3BucketVersioningVersioningConfiguration,
)
from constructs import Construct

from constructs_arq.core.contracts import EncryptionKey, Grantee, LogTarget
from constructs_arq.core.policy import Statement, policy
from constructs_arq.core.stack import Stack, name_of

# S3 takes 63 characters of name; Terraform adds 26 to a prefix.
_NAME_PREFIX_LENGTH = 37
_UPLOAD_DAYS = 7
_NONCURRENT_DAYS = 90


class Bucket(Construct):
    """A private, versioned bucket, encrypted with `key`, whose every access is logged to `access_logs`.

    Old versions are kept 90 days: as long as a mistake may go unnoticed. Only TLS gets in. `bucket_name` is
    for a bucket whose name has to be known before it exists; the others' names are made by Terraform. With
    `region` it is elsewhere than the stack, as `key` and `access_logs` have to be too.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        key: EncryptionKey,
        access_logs: LogTarget,
        bucket_name: str | None = None,
        region: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.key = key
        bucket = _PrivateBucket(
            self, encrypted_with=key, expire_days=None, bucket_name=bucket_name, region=region
        )
        self.name = bucket.name
        self.bucket_name = bucket.bucket_name
        self.arn = bucket.arn
        self.regional_domain_name = bucket.regional_domain_name
        self.versioning = bucket.versioning
        self._policy = bucket.policy
        self._statements = [*bucket.statements]
        S3BucketLoggingA(
            self,
            "access-logs",
            bucket=self.bucket_name,
            target_bucket=access_logs.bucket_name,
            target_prefix=f"s3/{self.name}/",
            provider=bucket.provider,
        )

    def add_statement(self, statement: Statement) -> None:
        """Add to the bucket's policy what a grant to a role can't say, such as access by an AWS service."""
        self._statements.append(statement)
        self._policy.policy = policy(*self._statements)

    def grant_read(self, grantee: Grantee) -> None:
        """Let `grantee` list and read objects, and decrypt them."""
        grantee.allow(
            "s3:GetObject", "s3:ListBucket", on=[self.arn, f"{self.arn}/*"], purpose=f"read-{self.name}"
        )
        self.key.grant_decrypt(grantee)

    def grant_read_write(self, grantee: Grantee) -> None:
        """Let `grantee` list, read, write and delete objects; old versions stay out of its reach."""
        grantee.allow(
            "s3:GetObject",
            "s3:ListBucket",
            "s3:PutObject",
            "s3:DeleteObject",
            "s3:AbortMultipartUpload",
            on=[self.arn, f"{self.arn}/*"],
            purpose=f"write-{self.name}",
        )
        self.key.grant_encrypt_decrypt(grantee)


class LogBucket(Construct):
    """The bucket that S3, load balancers and CloudFront write access logs to; they expire after a time.

    Encrypted with S3's own keys, since S3's and the load balancer's log delivery can't use a customer's:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html and
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """

    def __init__(self, scope: Construct, id: str, *, retention_days: int, region: str | None = None) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        bucket = _PrivateBucket(self, encrypted_with=None, expire_days=retention_days, region=region)
        self.name = bucket.name
        # By way of the policy: a load balancer tries to write as soon as it is told to log, and is refused
        # where the policy does not stand yet.
        self.bucket_name: str = bucket.policy.bucket
        self.arn = bucket.arn
        own_account = {"StringEquals": {"aws:SourceAccount": stack.account_id}}
        statements = [*bucket.statements]
        for sid, service, prefix in (
            ("S3Logs", "logging.s3.amazonaws.com", "s3"),
            ("LoadBalancerLogs", "logdelivery.elasticloadbalancing.amazonaws.com", "load-balancer"),
            ("DeliveredLogs", "delivery.logs.amazonaws.com", "delivered"),
        ):
            statements.append(
                Statement(
                    sid=sid,
                    actions=["s3:PutObject"],
                    resources=[f"{self.arn}/{prefix}/*"],
                    principals={"Service": service},
                    conditions=own_account,
                )
            )
        bucket.policy.policy = policy(*statements)


class _PrivateBucket:
    """What both kinds of bucket have in common, made as children of `scope`."""

    def __init__(
        self,
        scope: Construct,
        *,
        encrypted_with: EncryptionKey | None,
        expire_days: int | None,
        bucket_name: str | None = None,
        region: str | None = None,
    ) -> None:
        stack = Stack.of(scope)
        provider = self.provider = stack.provider_in(region or stack.region)
        self.name = name_of(scope)
        bucket = S3Bucket(
            scope,
            "Default",
            bucket=bucket_name,
            bucket_prefix=None if bucket_name else stack.name_prefix(self.name, _NAME_PREFIX_LENGTH),
            force_destroy=False,
            lifecycle=stack.protection,
            provider=provider,
        )
        self.bucket_name: str = bucket.id
        self.arn: str = bucket.arn
        self.regional_domain_name: str = bucket.bucket_regional_domain_name
        S3BucketPublicAccessBlock(
            scope,
            "public-access-block",
            bucket=self.bucket_name,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            provider=provider,
        )
        S3BucketOwnershipControls(
            scope,
            "ownership",
            bucket=self.bucket_name,
            rule=S3BucketOwnershipControlsRule(object_ownership="BucketOwnerEnforced"),
            provider=provider,
        )
        self.versioning = S3BucketVersioningA(
            scope,
            "versioning",
            bucket=self.bucket_name,
            versioning_configuration=S3BucketVersioningVersioningConfiguration(status="Enabled"),
            provider=provider,
        )
        # What happens to objects can be acted on by an EventBridge rule, without touching the bucket again.
        S3BucketNotification(scope, "events", bucket=self.bucket_name, eventbridge=True, provider=provider)
        _encrypt(scope, self.bucket_name, encrypted_with, provider)
        _expire(scope, self.bucket_name, expire_days, provider)
        self.statements: Sequence[Statement] = [_only_tls(self.arn)]
        self.policy = S3BucketPolicy(
            scope, "policy", bucket=self.bucket_name, policy=policy(*self.statements), provider=provider
        )


def _encrypt(scope: Construct, bucket: str, key: EncryptionKey | None, provider: AwsProvider | None) -> None:
    by_default = S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA(
        sse_algorithm="AES256" if key is None else "aws:kms",
        kms_master_key_id=None if key is None else key.arn,
    )
    S3BucketServerSideEncryptionConfigurationA(
        scope,
        "encryption",
        bucket=bucket,
        rule=[
            S3BucketServerSideEncryptionConfigurationRuleA(
                apply_server_side_encryption_by_default=by_default,
                # One data key a bucket and hour instead of one an object: KMS requests cost money.
                bucket_key_enabled=key is not None,
            )
        ],
        provider=provider,
    )


def _expire(scope: Construct, bucket: str, expire_days: int | None, provider: AwsProvider | None) -> None:
    rule = S3BucketLifecycleConfigurationRule(
        id="expire",
        status="Enabled",
        filter=[S3BucketLifecycleConfigurationRuleFilter(prefix="")],
        abort_incomplete_multipart_upload=[
            S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(
                days_after_initiation=_UPLOAD_DAYS
            )
        ],
        noncurrent_version_expiration=[
            S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(noncurrent_days=_NONCURRENT_DAYS)
        ],
        expiration=[]
        if expire_days is None
        else [S3BucketLifecycleConfigurationRuleExpiration(days=expire_days)],
    )
    S3BucketLifecycleConfiguration(scope, "lifecycle", bucket=bucket, rule=[rule], provider=provider)


def _only_tls(arn: str) -> Statement:
    return Statement(
        sid="OnlyTls",
        effect="Deny",
        actions=["s3:*"],
        resources=[arn, f"{arn}/*"],
        principals={"AWS": "*"},
        conditions={"Bool": {"aws:SecureTransport": "false"}},
    )
