"""S3 buckets for data and for access logs."""

from cdktf import TerraformResource
from cdktf_cdktf_provider_aws.s3_bucket_logging import S3BucketLoggingA
from constructs import Construct

from constructs_arq.core.backup_tags import BackupSchedule, NoBackup
from constructs_arq.core.config import collect_problems
from constructs_arq.core.policy import Conditions, Statement, policy_document
from constructs_arq.core.protocols import AccessLogBucket, EncryptionKey, Grantee
from constructs_arq.core.stack import Stack
from constructs_arq.storage.bucket_grants import grant_read, grant_read_write
from constructs_arq.storage.existing_bucket import BucketAttributes, ExistingBucket
from constructs_arq.storage.private_bucket import NONCURRENT_DAYS, PrivateBucket

_LOGS_EXPIRE = NoBackup("Access logs expire and no recovery needs them")


class Bucket(Construct):
    """A private, versioned bucket, encrypted with `key`, with access logs in `access_logs`.

    `backup` is its tag for the plans of `Backups`.
    Objects are deleted after `expire_days`, if set, and noncurrent versions after `noncurrent_days`. For
    `locked_days`, if set, nobody can delete or overwrite a version, except with the permission
    `s3:BypassGovernanceRetention`, which no delivery role has.
    Requests without TLS are denied. Set `bucket_name` only if the name must be known before the bucket
    exists; otherwise Terraform generates it. With `region`, the bucket is in another region than the stack,
    and `key` and `access_logs` must be there too.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        key: EncryptionKey,
        access_logs: AccessLogBucket,
        backup: BackupSchedule | NoBackup = BackupSchedule.DAILY,
        expire_days: int | None = None,
        noncurrent_days: int = NONCURRENT_DAYS,
        locked_days: int | None = None,
        bucket_name: str | None = None,
        region: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.key: EncryptionKey = key
        self.is_locked: bool = locked_days is not None
        bucket = PrivateBucket(
            self,
            key=key,
            backup=backup,
            expire_days=expire_days,
            noncurrent_days=noncurrent_days,
            locked_days=locked_days,
            bucket_name=bucket_name,
            region=region,
        )
        self.logical_name: str = bucket.logical_name
        self.bucket_name: str = bucket.bucket_name
        self.arn: str = bucket.arn
        self._resource = bucket.resource
        self._policy = bucket.policy
        self._statements = [*bucket.statements]
        # Resources that configure the bucket too must wait for this one: S3 rejects simultaneous changes.
        self.last_setting: TerraformResource = S3BucketLoggingA(
            self,
            "access-logs",
            bucket=self.bucket_name,
            target_bucket=access_logs.bucket_name,
            target_prefix=f"s3/{self.logical_name}/",
            provider=bucket.provider,
            depends_on=[bucket.last_setting],
        )

    @property
    def regional_domain_name(self) -> str:
        """The domain name that CloudFront uses as origin."""
        return self._resource.bucket_regional_domain_name

    def add_statement(self, statement: Statement) -> None:
        """Add a statement to the bucket policy, such as access for an AWS service."""
        self._statements.append(statement)
        self._policy.policy = policy_document(*self._statements)

    def grant_read(self, grantee: Grantee) -> None:
        """Allow `grantee` to list, read and decrypt objects."""
        grant_read(self, grantee)

    def grant_read_write(self, grantee: Grantee) -> None:
        """Allow `grantee` to list, read, write and delete objects, but not their noncurrent versions."""
        grant_read_write(self, grantee)

    @staticmethod
    def from_name(scope: Construct, *, name: str, key: EncryptionKey) -> ExistingBucket:
        """Return an existing bucket in the region of the stack. AWS is not called.

        Raises:
            ConfigError: if the name is invalid.
        """
        with collect_problems("Bucket.from_name"):
            attributes = BucketAttributes(name=name, region=Stack.of(scope).region)
        return ExistingBucket(attributes=attributes, key=key)


class LogBucket(Construct):
    """A bucket for access logs of S3, load balancers and CloudFront. The logs expire after `retention_days`.

    S3's own keys encrypt it, because log delivery of S3 and load balancers doesn't support customer keys:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html and
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """

    def __init__(self, scope: Construct, id: str, *, retention_days: int, region: str | None = None) -> None:
        super().__init__(scope, id)
        bucket = PrivateBucket(self, key=None, backup=_LOGS_EXPIRE, expire_days=retention_days, region=region)
        self.logical_name: str = bucket.logical_name
        # From the policy, which must exist before a load balancer writes its test object.
        self.bucket_name: str = bucket.policy.bucket
        self.arn: str = bucket.arn
        self.retention_days: int = retention_days
        self._account = Stack.of(self).account_id
        self._policy = bucket.policy
        self._deliveries = 0
        self._statements = [
            *bucket.statements,
            self._allow_writing(
                "S3Logs", "logging.s3", "s3/*", {"StringEquals": {"aws:SourceAccount": self._account}}
            ),
            # Load balancers send no source account, but write below their account's id.
            self._allow_writing(
                "LoadBalancerLogs",
                "logdelivery.elasticloadbalancing",
                f"load-balancer/*/AWSLogs/{self._account}/*",
                {},
            ),
        ]
        self._policy.policy = policy_document(*self._statements)

    def allow_delivery(self, source_arn: str) -> None:
        """Allow a delivery source of CloudWatch Logs to write below `delivered/`.

        The statement is the one that AWS would otherwise append to the policy, and Terraform would remove.
        https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
        """
        self._deliveries += 1
        self._statements.append(
            self._allow_writing(
                f"AWSLogDeliveryWrite{self._deliveries}",
                "delivery.logs",
                "delivered/*",
                {
                    "StringEquals": {
                        "s3:x-amz-acl": "bucket-owner-full-control",
                        "aws:SourceAccount": self._account,
                    },
                    "ArnLike": {"aws:SourceArn": source_arn},
                },
            )
        )
        self._policy.policy = policy_document(*self._statements)

    def _allow_writing(self, sid: str, service: str, path: str, conditions: Conditions) -> Statement:
        return Statement(
            sid=sid,
            actions=["s3:PutObject"],
            resources=[f"{self.arn}/{path}"],
            principals={"Service": f"{service}.amazonaws.com"},
            conditions=conditions,
        )
