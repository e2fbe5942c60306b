"""Plans of AWS Backup, which select resources by a tag."""

from collections.abc import Sequence
from typing import Final

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.backup_plan import BackupPlan as BackupPlanResource
from cdktf_cdktf_provider_aws.backup_plan import (
    BackupPlanRule,
    BackupPlanRuleCopyAction,
    BackupPlanRuleCopyActionLifecycle,
    BackupPlanRuleLifecycle,
)
from cdktf_cdktf_provider_aws.backup_selection import BackupSelection, BackupSelectionSelectionTag
from constructs import Construct

from constructs_arq.core.backup_tags import BACKUP_TAG, BackupSchedule
from constructs_arq.core.dependencies import terraform_resources
from constructs_arq.core.stack import Stack
from constructs_arq.recovery.backup_config import START_MINUTES, BackupConfig
from constructs_arq.recovery.backup_vault import BackupVault
from constructs_arq.security.role import Role

# A snapshot that takes longer has failed.
_COMPLETION_MINUTES: Final = 12 * 60


class BackupPlan(Construct):
    """Backs up the resources whose tag `backup` is `schedule`, into `vault`, with a copy in each of `copies`.

    The plan is in the region of `vault`, and sees the resources of that region only. Its selection names no
    resources: AWS Backup would add them to those with the tag.
    Backups are snapshots: a continuous backup would change the backup retention of RDS, which has
    point-in-time recovery of its own. Where backups of two rules start together, as on the first day of a
    month, AWS Backup keeps one with the longer retention.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/creating-a-backup-plan.html
    https://github.com/hashicorp/terraform-provider-aws/issues/33465
    https://github.com/hashicorp/terraform-provider-aws/issues/41274
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        schedule: BackupSchedule,
        vault: BackupVault,
        copies: Sequence[str],
        role: Role,
        after: Sequence[ITerraformDependable],
        config: BackupConfig,
    ) -> None:
        """Create the plan, and its selection after `after`.

        `copies` are ARNs of vaults, and `role` makes the backups and copies.
        """
        super().__init__(scope, id)
        stack = Stack.of(self)
        provider = stack.provider_in(vault.region)
        hour = config.start_hour
        monthly = self._make_rule("monthly", f"cron(0 {hour} 1 * ? *)", config.monthly_days, vault, copies)
        daily = self._make_rule("daily", f"cron(0 {hour} * * ? *)", config.daily_days, vault, copies)
        plan = BackupPlanResource(
            self,
            "Default",
            name=stack.physical_name(f"backup-{schedule}"),
            rule=[daily, monthly] if schedule is BackupSchedule.DAILY else [monthly],
            provider=provider,
        )
        BackupSelection(
            self,
            "selection",
            name=f"tagged-{schedule}",
            plan_id=plan.id,
            iam_role_arn=role.arn,
            # A restored instance has the tags of its snapshot.
            not_resources=[stack.arn("rds", "db:awsbackup-restore-test-*", region=vault.region)],
            selection_tag=[
                BackupSelectionSelectionTag(type="STRINGEQUALS", key=BACKUP_TAG, value=schedule.value)
            ],
            # AWS Backup checks the permissions of the role.
            depends_on=[*terraform_resources(role, stack=stack), *after],
            provider=provider,
        )

    def _make_rule(
        self, name: str, cron: str, days: int, vault: BackupVault, copies: Sequence[str]
    ) -> BackupPlanRule:
        return BackupPlanRule(
            rule_name=name,
            target_vault_name=vault.name,
            schedule=cron,
            start_window=START_MINUTES,
            completion_window=_COMPLETION_MINUTES,
            lifecycle=BackupPlanRuleLifecycle(delete_after=days),
            copy_action=[
                BackupPlanRuleCopyAction(
                    destination_vault_arn=arn, lifecycle=BackupPlanRuleCopyActionLifecycle(delete_after=days)
                )
                for arn in copies
            ]
            or None,
        )
