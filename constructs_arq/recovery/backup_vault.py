"""Vaults of AWS Backup."""

from collections.abc import Sequence
from typing import Final

from cdktf_cdktf_provider_aws.backup_vault import BackupVault as BackupVaultResource
from cdktf_cdktf_provider_aws.backup_vault_lock_configuration import BackupVaultLockConfiguration
from cdktf_cdktf_provider_aws.backup_vault_policy import BackupVaultPolicy
from constructs import Construct

from constructs_arq.core.policy import Statement, policy_document
from constructs_arq.core.stack import Stack
from constructs_arq.recovery.backup_config import BackupConfig
from constructs_arq.security.key import Key

# These remove a backup, shorten its life or remove its protection.
_REMOVALS: Final = (
    "backup:DeleteBackupVault",
    "backup:DeleteBackupVaultAccessPolicy",
    "backup:DeleteBackupVaultLockConfiguration",
    "backup:DeleteRecoveryPoint",
    "backup:DisassociateRecoveryPoint",
    "backup:PutBackupVaultAccessPolicy",
    "backup:PutBackupVaultLockConfiguration",
    "backup:UpdateRecoveryPointLifecycle",
)


class BackupVault(Construct):
    """A locked vault with its own KMS key, by default in the stack's region.

    The lock is in governance mode: an administrator can remove it, and nobody can delete a backup before. It
    refuses backups that are kept shorter than the daily ones or longer than the monthly ones of `config`.
    The vault's policy denies removals to the principals whose ARNs match `without_removal`.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        without_removal: Sequence[str],
        config: BackupConfig,
        region: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self.region: str = region or stack.region
        provider = stack.provider_in(self.region)
        self.key = Key(self, "key", description=f"Encrypts backups in {self.region}", region=self.region)
        vault = BackupVaultResource(
            self,
            "Default",
            name=name,
            kms_key_arn=self.key.arn,
            force_destroy=not stack.protected,
            lifecycle=stack.protection,
            provider=provider,
        )
        self.name: str = vault.name
        self.arn: str = vault.arn
        # Terraform deletes both before the vault, so that it can delete backups of unprotected stacks.
        BackupVaultLockConfiguration(
            self,
            "lock",
            backup_vault_name=self.name,
            min_retention_days=config.daily_days,
            max_retention_days=config.monthly_days,
            provider=provider,
        )
        BackupVaultPolicy(
            self,
            "policy",
            backup_vault_name=self.name,
            policy=policy_document(
                Statement(
                    sid="NoRemovals",
                    effect="Deny",
                    actions=_REMOVALS,
                    resources=["*"],
                    principals={"AWS": "*"},
                    conditions={"ArnLike": {"aws:PrincipalArn": without_removal}},
                )
            ),
            provider=provider,
        )
