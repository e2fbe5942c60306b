"""Common resources of all buckets: privacy, versioning, encryption and TLS."""

from collections.abc import Sequence
from typing import Final

from cdktf import TerraformResource
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
from cdktf_cdktf_provider_aws.s3_bucket_notification import S3BucketNotification
from cdktf_cdktf_provider_aws.s3_bucket_object_lock_configuration import (
    S3BucketObjectLockConfigurationA,
    S3BucketObjectLockConfigurationRuleA,
    S3BucketObjectLockConfigurationRuleDefaultRetentionA,
)
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

from constructs_arq.core.backup_tags import BackupSchedule, NoBackup, backup_tags
from constructs_arq.core.policy import Statement, policy_document
from constructs_arq.core.protocols import EncryptionKey
from constructs_arq.core.stack import Stack, logical_name

NONCURRENT_DAYS: Final = 90
# S3 allows 63 characters, of which Terraform adds 26.
_NAME_PREFIX_LENGTH = 37
_UPLOAD_DAYS = 7


class PrivateBucket:
    """The resources that all kinds of bucket share, created as children of `scope`.

    It is not a construct, so that the bucket has the path of `scope`. Each setting of the bucket waits for
    the one before it, because S3 rejects two changes at the same time with `OperationAborted`.
    https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    """

    def __init__(
        self,
        scope: Construct,
        *,
        key: EncryptionKey | None,
        backup: BackupSchedule | NoBackup,
        expire_days: int | None,
        noncurrent_days: int = NONCURRENT_DAYS,
        locked_days: int | None = None,
        bucket_name: str | None = None,
        region: str | None = None,
    ) -> None:
        stack = Stack.of(scope)
        self._scope = scope
        self.provider: AwsProvider | None = stack.provider_in(region or stack.region)
        self.logical_name: str = logical_name(scope)
        self.resource = S3Bucket(
            scope,
            "Default",
            bucket=bucket_name,
            bucket_prefix=None if bucket_name else stack.name_prefix(self.logical_name, _NAME_PREFIX_LENGTH),
            force_destroy=not stack.protected,
            object_lock_enabled=None if locked_days is None else True,
            tags=backup_tags(backup),
            lifecycle=stack.protection,
            provider=self.provider,
        )
        self.bucket_name: str = self.resource.id
        self.arn: str = self.resource.arn
        self.last_setting: TerraformResource = self._block_public_access()
        self.last_setting = self._own_objects()
        self.last_setting = self._keep_versions()
        if locked_days is not None:
            self.last_setting = self._lock(locked_days)
        self.last_setting = self._encrypt(key)
        self.last_setting = self._expire(expire_days, noncurrent_days)
        self.last_setting = self._report_events()
        self.statements: Sequence[Statement] = [_require_tls(self.arn)]
        self.last_setting = self.policy = self._make_policy()

    def _block_public_access(self) -> TerraformResource:
        return S3BucketPublicAccessBlock(
            self._scope,
            "public-access-block",
            bucket=self.bucket_name,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            provider=self.provider,
        )

    def _own_objects(self) -> TerraformResource:
        return S3BucketOwnershipControls(
            self._scope,
            "ownership",
            bucket=self.bucket_name,
            rule=S3BucketOwnershipControlsRule(object_ownership="BucketOwnerEnforced"),
            provider=self.provider,
            depends_on=[self.last_setting],
        )

    def _keep_versions(self) -> TerraformResource:
        return S3BucketVersioningA(
            self._scope,
            "versioning",
            bucket=self.bucket_name,
            versioning_configuration=S3BucketVersioningVersioningConfiguration(status="Enabled"),
            provider=self.provider,
            depends_on=[self.last_setting],
        )

    def _lock(self, days: int) -> TerraformResource:
        # In this mode an administrator can end the lock. In the other, a wrong number of days stays for ever.
        retention = S3BucketObjectLockConfigurationRuleDefaultRetentionA(mode="GOVERNANCE", days=days)
        return S3BucketObjectLockConfigurationA(
            self._scope,
            "lock",
            bucket=self.bucket_name,
            rule=S3BucketObjectLockConfigurationRuleA(default_retention=retention),
            provider=self.provider,
            depends_on=[self.last_setting],
        )

    def _encrypt(self, key: EncryptionKey | None) -> TerraformResource:
        by_default = S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA(
            sse_algorithm="AES256" if key is None else "aws:kms",
            kms_master_key_id=None if key is None else key.arn,
        )
        return S3BucketServerSideEncryptionConfigurationA(
            self._scope,
            "encryption",
            bucket=self.bucket_name,
            rule=[
                S3BucketServerSideEncryptionConfigurationRuleA(
                    apply_server_side_encryption_by_default=by_default,
                    # One data key for each bucket, instead of each object, reduces the cost of KMS requests.
                    bucket_key_enabled=key is not None,
                )
            ],
            provider=self.provider,
            depends_on=[self.last_setting],
        )

    def _expire(self, expire_days: int | None, noncurrent_days: int) -> TerraformResource:
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
                S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(noncurrent_days=noncurrent_days)
            ],
            expiration=[]
            if expire_days is None
            else [S3BucketLifecycleConfigurationRuleExpiration(days=expire_days)],
        )
        return S3BucketLifecycleConfiguration(
            self._scope,
            "lifecycle",
            bucket=self.bucket_name,
            rule=[rule],
            provider=self.provider,
            depends_on=[self.last_setting],
        )

    def _report_events(self) -> TerraformResource:
        # EventBridge rules can then react to object events without a change to the bucket.
        return S3BucketNotification(
            self._scope,
            "events",
            bucket=self.bucket_name,
            eventbridge=True,
            provider=self.provider,
            depends_on=[self.last_setting],
        )

    def _make_policy(self) -> S3BucketPolicy:
        return S3BucketPolicy(
            self._scope,
            "policy",
            bucket=self.bucket_name,
            policy=policy_document(*self.statements),
            provider=self.provider,
            depends_on=[self.last_setting],
        )


def _require_tls(arn: str) -> Statement:
    return Statement(
        sid="OnlyTls",
        effect="Deny",
        actions=["s3:*"],
        resources=[arn, f"{arn}/*"],
        principals={"AWS": "*"},
        conditions={"Bool": {"aws:SecureTransport": "false"}},
    )
