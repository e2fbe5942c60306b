"""Cross-region copies of database backups."""

from collections.abc import Sequence

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.db_instance_automated_backups_replication import (
    DbInstanceAutomatedBackupsReplication,
)
from constructs import Construct

from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.security.key import Key


class BackupCopy(Construct):
    """Copies of a database's automated backups in the stack's backup region, encrypted with a key there.

    A changed `days` replaces the replication. Existing copies keep their previous retention.
    A new replication makes the instance unavailable for changes, so Terraform creates it after `after`.

    Raises:
        ConstructError: if the backup region equals the stack's region.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        instance_arn: str,
        days: int,
        after: Sequence[ITerraformDependable],
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        if stack.backup_region == stack.region:
            raise ConstructError(
                self.node.path,
                f"backup_region must differ from the stack's region, got {stack.backup_region}",
                fix="Set another backup_region for the stack, or set replicate_backups=False.",
            )
        key = Key(
            self,
            "key",
            description=f"Encrypts copies of a database's backups in {stack.backup_region}",
            region=stack.backup_region,
        )
        DbInstanceAutomatedBackupsReplication(
            self,
            "Default",
            source_db_instance_arn=instance_arn,
            retention_period=days,
            kms_key_id=key.arn,
            provider=stack.provider_in(stack.backup_region),
            depends_on=list(after) or None,
        )
