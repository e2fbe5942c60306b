"""The bucket of logical dumps and ledgers, and its copy in the backup region. It belongs to the AWS stack."""

from typing import Final, Self

from constructs import Construct
from pydantic import Field, model_validator

from constructs_arq.core.alarm import Alarm
from constructs_arq.core.backup_tags import NoBackup
from constructs_arq.core.config import Config, validation_error
from constructs_arq.core.protocols import AccessLogBucket, EncryptionKey, Grantee
from constructs_arq.core.stack import Stack
from constructs_arq.security.key import Key
from constructs_arq.storage.bucket import Bucket, LogBucket
from constructs_arq.storage.replication import Replication

LEDGER_PREFIX: Final = "ledger/"
RECORD_PREFIX: Final = "restores/"
"""The keys of ledgers, which have the time in their names."""

_DUMPS: Final = "dumps/*"
_LEDGERS: Final = (f"{LEDGER_PREFIX}*", "certificates/*")
# Certificates are written again each day.
_NONCURRENT_DAYS: Final = 7
_NO_BACKUP: Final = NoBackup("Dumps are backups with a copy in another region")


class DumpStoreConfig(Config):
    """Retention of the dumps and ledgers of an environment."""

    retention_days: int = Field(
        default=91, ge=14, le=3653, description="Days until dumps and ledgers are deleted."
    )
    locked_days: int = Field(
        default=35,
        ge=1,
        description="Days in which nobody can delete or overwrite them, in a protected environment.",
    )

    @model_validator(mode="after")
    def _check_lock_ends_before_deletion(self) -> Self:
        if self.locked_days > self.retention_days:
            raise validation_error(
                f"locked_days {self.locked_days} must not be greater than retention_days, "
                f"which is {self.retention_days}",
                fix="Use fewer locked days, or keep the dumps longer.",
            )
        return self


class DumpStore(Construct):
    """A bucket for dumps and ledgers with its own key. `copy_to_backup_region` gives it a copy.

    In a protected environment, Object Lock keeps each version for some days. Otherwise a destroy would have
    to wait for them.
    """

    def __init__(
        self, scope: Construct, id: str, *, access_logs: AccessLogBucket, config: DumpStoreConfig
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self._locked_days = config.locked_days if stack.protected else None
        self._retention_days = config.retention_days
        self._log_retention_days = access_logs.retention_days
        self._bucket = self._make_bucket("bucket", access_logs=access_logs, region=stack.region)
        self.bucket_name: str = self._bucket.bucket_name
        self.arn: str = self._bucket.arn
        self.key: EncryptionKey = self._bucket.key
        self.alarms: tuple[Alarm, ...] = ()

    def copy_to_backup_region(self) -> None:
        """Replicate all objects to a bucket in the backup region, with another key."""
        region = Stack.of(self).backup_region
        # S3 requires a log bucket in the same region.
        copy_logs = LogBucket(self, "copy-logs", retention_days=self._log_retention_days, region=region)
        copy = self._make_bucket("copy", access_logs=copy_logs, region=region)
        self.alarms = Replication(self, "replication", source=self._bucket, copy=copy).alarms

    def grant_write_dumps(self, grantee: Grantee) -> None:
        """Allow `grantee` to write dumps, and not to read or delete them."""
        self._grant_write(grantee, [_DUMPS], policy_name="write-dumps")

    def grant_write_ledgers(self, grantee: Grantee) -> None:
        """Allow `grantee` to write ledgers and the certificates of RDS, and not to read or delete them."""
        self._grant_write(grantee, _LEDGERS, policy_name="write-ledgers")

    def grant_write_records(self, grantee: Grantee) -> None:
        """Allow `grantee` to write records of restore tests, and not to read or delete them."""
        self._grant_write(grantee, [f"{RECORD_PREFIX}*"], policy_name="write-records")

    def grant_read_ledgers(self, grantee: Grantee) -> None:
        """Allow `grantee` to list and read ledgers, and to read the certificates of RDS."""
        grantee.allow(
            "s3:GetObject", on=[f"{self.arn}/{each}" for each in _LEDGERS], policy_name="read-ledgers"
        )
        grantee.allow(
            "s3:ListBucket",
            on=self.arn,
            policy_name="find-ledgers",
            conditions={"StringLike": {"s3:prefix": f"{LEDGER_PREFIX}*"}},
        )
        self.key.grant_decrypt(grantee)

    def _grant_write(self, grantee: Grantee, keys: list[str] | tuple[str, ...], *, policy_name: str) -> None:
        grantee.allow(
            "s3:AbortMultipartUpload",
            "s3:PutObject",
            on=[f"{self.arn}/{each}" for each in keys],
            policy_name=policy_name,
        )
        # S3 decrypts the parts of a large object to join them.
        self.key.grant_encrypt_decrypt(grantee)

    def _make_bucket(self, id: str, *, access_logs: AccessLogBucket, region: str) -> Bucket:
        return Bucket(
            self,
            id,
            key=Key(self, f"{id}-key", description=f"Encrypts dumps and ledgers in {region}", region=region),
            access_logs=access_logs,
            backup=_NO_BACKUP,
            expire_days=self._retention_days,
            noncurrent_days=_NONCURRENT_DAYS,
            locked_days=self._locked_days,
            region=region,
        )
