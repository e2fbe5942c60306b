"""The bucket in which Loki stores logs. It belongs to the AWS stack."""

from typing import Final

from constructs import Construct
from pydantic import Field

from constructs_arq.core.backup_tags import NoBackup
from constructs_arq.core.config import Config
from constructs_arq.core.protocols import AccessLogBucket, Grantee
from constructs_arq.security.key import Key
from constructs_arq.storage.bucket import Bucket

# Loki deletes logs itself. The rule of the bucket is for what Loki no longer knows, and must never be first:
# Loki fails queries for chunks that its index has and the bucket does not.
_EXPIRY_MARGIN_DAYS: Final = 14
# Long enough to restore what a defect of Loki deleted. Loki replaces its index every ten minutes.
_NONCURRENT_DAYS: Final = 7


class LogStoreConfig(Config):
    """Retention of the logs of an environment."""

    retention_days: int = Field(default=30, ge=1, le=3653, description="Days until logs are deleted.")


class LogStore(Construct):
    """A bucket for logs, encrypted with its own key. Deleted logs can be restored for seven days."""

    def __init__(
        self, scope: Construct, id: str, *, access_logs: AccessLogBucket, config: LogStoreConfig
    ) -> None:
        super().__init__(scope, id)
        self._bucket = Bucket(
            self,
            "bucket",
            key=Key(self, "key", description="Encrypts the logs of Loki"),
            access_logs=access_logs,
            backup=NoBackup("Logs expire and CloudWatch or the cluster writes new ones"),
            expire_days=config.retention_days + _EXPIRY_MARGIN_DAYS,
            noncurrent_days=_NONCURRENT_DAYS,
        )
        self.bucket_name: str = self._bucket.bucket_name
        self.retention_days: int = config.retention_days

    def grant_read_write(self, grantee: Grantee) -> None:
        """Allow `grantee` to list, read, write and delete logs."""
        self._bucket.grant_read_write(grantee)
