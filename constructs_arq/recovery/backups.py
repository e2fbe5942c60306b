"""The backups of an account: vaults in two regions, plans by tag, and roles."""

from collections.abc import Sequence

from cdktf import ITerraformDependable
from constructs import Construct

from constructs_arq.core.backup_tags import BackupSchedule
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.recovery.backup_config import BackupConfig
from constructs_arq.recovery.backup_plan import BackupPlan
from constructs_arq.recovery.backup_roles import BackupRoles
from constructs_arq.recovery.backup_vault import BackupVault


class Backups(Construct):
    """Backs up each resource with a tag `backup`, into a locked vault and its copies.

    The vaults in both regions have the name that `vault_name` returns. The principals whose ARNs match
    `without_removal` can't delete backups. If the stack creates AWS Backup's service-linked role, `after`
    contains it: AWS creates a missing one for a selection. AWS Backup must be allowed to use the types of
    resources, which it is in a new account: `aws backup describe-region-settings` shows them.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/whatisbackup.html

    Raises:
        ConstructError: if the vault of another account is in another region, or in this account.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        without_removal: Sequence[str],
        after: Sequence[ITerraformDependable] = (),
        config: BackupConfig,
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self._config = config
        self._without_removal = without_removal
        self._after = after
        vault = self._make_vault("vault", stack.region)
        self._copies = (
            self._make_vault("copies", stack.backup_region) if config.copy_to_backup_region else None
        )
        copies = [self._copies.arn] if self._copies else []
        if config.cross_account_copy:
            _require_other_account(self, config.cross_account_copy)
            # The other account decrypts what it copies.
            # https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html
            other = stack.arn("iam", "root", region="", account_id=config.copy_account)
            vault.key.allow_principal(other, sid="copy")
            copies.append(config.cross_account_copy)
        self._role = BackupRoles(self, "roles").backup
        self._make_plans(self, vault, copies)

    def add_standby(self) -> None:
        """Also back up the resources of the backup region: those of a standby that has taken over.

        Before a failover, none of them has a tag. The backups go into the vault of copies, or into one like
        it. They have no copies, so that they need nothing of the lost region.
        """
        vault = self._copies or self._make_vault("copies", Stack.of(self).backup_region)
        self._make_plans(Construct(self, "standby"), vault, copies=())

    def _make_plans(self, scope: Construct, vault: BackupVault, copies: Sequence[str]) -> None:
        for schedule in BackupSchedule:
            BackupPlan(
                scope,
                schedule,
                schedule=schedule,
                vault=vault,
                copies=copies,
                role=self._role,
                after=self._after,
                config=self._config,
            )

    def _make_vault(self, id: str, region: str) -> BackupVault:
        return BackupVault(
            self,
            id,
            name=vault_name(Stack.of(self)),
            region=region,
            without_removal=self._without_removal,
            config=self._config,
        )


def vault_name(stack: Stack) -> str:
    """Return the name of the environment's vaults, which is the same in each region, also for a standby."""
    return f"{stack.environment}-backup"


def _require_other_account(construct: Construct, vault_arn: str) -> None:
    """Raise an error if RDS can't copy to a vault: either the account or the region differs, not both."""
    stack = Stack.of(construct)
    _, _, _, region, account, *_ = vault_arn.split(":")
    if region != stack.region or account == stack.account_id:
        raise ConstructError(
            construct.node.path,
            f"cross_account_copy must be a vault of another account in {stack.region}, got {vault_arn}",
            fix="RDS can't copy to another account and another region at once: use a vault in this region.",
        )
