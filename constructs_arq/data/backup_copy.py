"""Backups in a second region, which outlive the first."""

from cdktf_cdktf_provider_aws.db_instance_automated_backups_replication import (
    DbInstanceAutomatedBackupsReplication,
)
from constructs import Construct

from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.security.key import Key


class BackupCopy(Construct):
    """A database's automated backups, copied to the stack's backup region under a key there.

    A change of `days` replaces it. What was copied before stays for as many days as were said then.

    Raises:
        ConstructError: when the backup region is the stack's own.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html
    """

    def __init__(self, scope: Construct, id: str, *, instance_arn: str, days: int) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        if stack.backup_region == stack.region:
            raise ConstructError(
                self.node.path,
                f"backups are to outlive the region, but backup_region is the same, {stack.region}",
                fix="Give the stack another backup_region, or set replicate_backups=False.",
            )
        key = Key(
            self,
            "key",
            purpose=f"Encrypts copies of a database's backups in {stack.backup_region}",
            region=stack.backup_region,
        )
        DbInstanceAutomatedBackupsReplication(
            self,
            "Default",
            source_db_instance_arn=instance_arn,
            retention_period=days,
            kms_key_id=key.arn,
            provider=stack.provider_in(stack.backup_region),
        )
