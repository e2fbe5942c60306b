"""Backup retention of production databases."""

from policies.databases import is_replica
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_between

_MIN_DAYS, _MAX_DAYS = 30, 35


@rule(
    id="CKV_ARQ_8",
    severity="HIGH",
    on=("aws_db_instance", "aws_rds_cluster"),
    production_only=True,
    why="Silent corruption is often found weeks later: 30 days is the minimum to restore from.",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html",
)
def database_backup_retention(database: Block, _: Stack) -> Verdict:
    """Production databases must keep backups for at least 30 days: set backup_retention_period."""
    if is_replica(database):
        return Verdict.NOT_APPLICABLE
    return is_between(database.get("backup_retention_period"), _MIN_DAYS, _MAX_DAYS)
