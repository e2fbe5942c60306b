"""S3 buckets: one for data, one for the access logs that others write."""

from cdktf_cdktf_provider_aws.s3_bucket_logging import S3BucketLoggingA
from constructs import Construct

from constructs_arq.core.contracts import EncryptionKey, Grantee, LogTarget
from constructs_arq.core.policy import Conditions, Statement, policy_document
from constructs_arq.core.stack import Stack
from constructs_arq.storage.private_bucket import PrivateBucket


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
        bucket = PrivateBucket(
            self, encrypted_with=key, expire_days=None, bucket_name=bucket_name, region=region
        )
        self.name = bucket.name
        self.bucket_name = bucket.bucket_name
        self.arn = bucket.arn
        self._resource = bucket.resource
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

    @property
    def regional_domain_name(self) -> str:
        """The host that CloudFront fetches objects from."""
        return self._resource.bucket_regional_domain_name

    def add_statement(self, statement: Statement) -> None:
        """Add to the bucket's policy what a grant to a role can't say, such as access by an AWS service."""
        self._statements.append(statement)
        self._policy.policy = policy_document(*self._statements)

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
        bucket = PrivateBucket(self, encrypted_with=None, expire_days=retention_days, region=region)
        self.name = bucket.name
        # By way of the policy: a load balancer tries to write as soon as it is told to log, and is refused
        # where the policy does not stand yet.
        self.bucket_name: str = bucket.policy.bucket
        self.arn = bucket.arn
        self.retention_days = retention_days
        account = Stack.of(self).account_id
        own_account = {"StringEquals": {"aws:SourceAccount": account}}
        bucket.policy.policy = policy_document(
            *bucket.statements,
            self._let_write("S3Logs", "logging.s3", "s3/*", own_account),
            # By path: load balancers write below their account's id, and needn't say it in the request.
            self._let_write(
                "LoadBalancerLogs",
                "logdelivery.elasticloadbalancing",
                f"load-balancer/*/AWSLogs/{account}/*",
                {},
            ),
            self._let_write("DeliveredLogs", "delivery.logs", "delivered/*", own_account),
        )

    def _let_write(self, sid: str, service: str, path: str, conditions: Conditions) -> Statement:
        return Statement(
            sid=sid,
            actions=["s3:PutObject"],
            resources=[f"{self.arn}/{path}"],
            principals={"Service": f"{service}.amazonaws.com"},
            conditions=conditions,
        )
