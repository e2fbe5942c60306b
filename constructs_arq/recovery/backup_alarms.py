"""Alarms about backups that fail, and about backups that nobody makes."""

from collections.abc import Iterator, Sequence
from typing import Final

from cdktf_cdktf_provider_aws.backup_vault_notifications import BackupVaultNotifications
from constructs import Construct

from constructs_arq.core.alarm import Alarm, Comparison, MissingData, Severity
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.observability.topic import Topic
from constructs_arq.recovery.backup_config import BackupConfig
from constructs_arq.recovery.backups import vault_name

# AWS Backup publishes its metrics every five minutes.
# https://docs.aws.amazon.com/aws-backup/latest/devguide/cloudwatch.html
_METRIC_SECONDS: Final = 300
# A day, and six hours for a late start and a long snapshot.
LONGEST_SECONDS: Final = 30 * 3600
_MISSING_PERIODS: Final = 5
# As AWS Backup names types of resources.
_NAMES: Final = {"RDS": "database", "S3": "buckets"}
# CloudWatch has no metric for single objects. AWS Backup no longer sends events of failed jobs.
# https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultNotifications.html
_EVENTS: Final = ("COPY_JOB_FAILED", "S3_BACKUP_OBJECT_FAILED", "S3_RESTORE_OBJECT_FAILED")
_NOTIFICATIONS_ID: Final = "notifications"


class BackupAlarms(Construct):
    """Alarms on the jobs of AWS Backup in this region, and messages about objects and copies that failed.

    `Backups` makes the vaults in another stack, from the same `config`. The alarms on missing backups are in
    ALARM state until the first backup. `types` are the types of resources that have backups in the region.
    """

    def __init__(
        self, scope: Construct, id: str, *, config: BackupConfig, types: Sequence[str] = ("RDS", "S3")
    ) -> None:
        super().__init__(scope, id)
        self._vault_name = vault_name(Stack.of(self))
        self.alarms: tuple[Alarm, ...] = (
            *self._failures(),
            *_missing(types, "Backup", "backup-missing", "AWS Backup completed no backup"),
            *(
                _missing(types, "Copy", "backup-copy-missing", "AWS Backup completed no copy of a backup")
                if config.copy_to_backup_region
                else ()
            ),
        )

    def notify(self, topic: Topic) -> None:
        """Send messages about the vault to a topic in its region, once.

        Raises:
            ConstructError: if the topic is in another region.
        """
        if topic.region != Stack.of(self).region:
            raise ConstructError(
                self.node.path,
                f"the topic must be in {Stack.of(self).region}, got {topic.region}",
                fix="Pass the topic of the vault's region.",
            )
        BackupVaultNotifications(
            self,
            _NOTIFICATIONS_ID,
            backup_vault_name=self._vault_name,
            sns_topic_arn=topic.arn,
            backup_vault_events=list(_EVENTS),
            depends_on=[topic.policy],
        )

    def _failures(self) -> Iterator[Alarm]:
        kinds = {
            "failed-backups": ("NumberOfBackupJobsFailed", "backup-failed", "A backup failed"),
            "expired-backups": (
                "NumberOfBackupJobsExpired",
                "backup-failed",
                "A backup did not start in its hour",
            ),
            "failed-copies": ("NumberOfCopyJobsFailed", "backup-copy-failed", "A copy of a backup failed"),
            "failed-restores": (
                "NumberOfRestoreJobsFailed",
                "restore-test-failed",
                "AWS Backup could not restore a backup",
            ),
        }
        for name, (metric, runbook, summary) in kinds.items():
            yield Alarm(
                name=name,
                runbook=runbook,
                summary=f"{summary}: a recovery may lose more data than promised",
                severity=Severity.WARNING,
                namespace="AWS/Backup",
                metric=metric,
                dimensions={"BackupVaultName": self._vault_name},
                statistic="Sum",
                threshold=0,
                period_seconds=_METRIC_SECONDS,
                evaluations=1,
            )


def _missing(types: Sequence[str], job: str, runbook: str, summary: str) -> Iterator[Alarm]:
    for resource_type in types:
        yield Alarm(
            name=f"no-{job.lower()}-of-{_NAMES[resource_type]}",
            runbook=runbook,
            summary=f"{summary} of {resource_type} in 30 hours",
            severity=Severity.WARNING,
            namespace="AWS/Backup",
            metric=f"NumberOf{job}JobsCompleted",
            dimensions={"ResourceType": resource_type},
            statistic="Sum",
            comparison=Comparison.BELOW,
            threshold=1,
            period_seconds=LONGEST_SECONDS // _MISSING_PERIODS,
            evaluations=_MISSING_PERIODS,
            missing_data=MissingData.BREACHING,
            published_every_seconds=LONGEST_SECONDS,
        )
