"""The bucket for screenshots and logs of canaries in one region."""

from cdktf import TerraformResource
from constructs import Construct

from constructs_arq.core.backup_tags import NoBackup
from constructs_arq.core.protocols import AccessLogBucket, Grantee
from constructs_arq.security.key import Key
from constructs_arq.storage.bucket import Bucket


class CanaryArtifacts(Construct):
    """A bucket with its key in one region. Objects expire after `days`. `access_logs` must be there too."""

    def __init__(
        self, scope: Construct, id: str, *, region: str, days: int, access_logs: AccessLogBucket
    ) -> None:
        super().__init__(scope, id)
        self.region: str = region
        self.key = Key(self, "key", description="Encrypts results and logs of canaries", region=region)
        self._bucket = Bucket(
            self,
            "bucket",
            key=self.key,
            access_logs=access_logs,
            backup=NoBackup("Screenshots and logs of canaries expire"),
            expire_days=days,
            noncurrent_days=1,
            region=region,
        )
        self.last_setting: TerraformResource = self._bucket.last_setting

    def location(self, canary: str) -> str:
        """Return the URL of the folder of a canary."""
        return f"s3://{self._bucket.bucket_name}/{canary}"

    def grant_write(self, grantee: Grantee, *, canary: str) -> None:
        """Allow `grantee` to write into the folder of a canary.

        Synthetics also looks up where the bucket is.
        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_CanaryPermissions.html
        """
        grantee.allow("s3:PutObject", on=f"{self._bucket.arn}/{canary}/*", policy_name="write-artifacts")
        grantee.allow("s3:GetBucketLocation", on=self._bucket.arn, policy_name="locate-artifacts")
        grantee.allow("s3:ListAllMyBuckets", on="*", policy_name="list-buckets")
        self.key.grant_encrypt_decrypt(grantee)
