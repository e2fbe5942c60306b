"""How far back a production database can be restored."""

from policies.databases import is_replica
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_between

_LEAST_DAYS, _MOST_DAYS = 30, 35


@rule(
    id="CKV_ARQ_8",
    severity="HIGH",
    on=("aws_db_instance", "aws_rds_cluster"),
    production_only=True,
    why="Silent corruption is found weeks later: a month is the least to restore from.",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html",
)
def database_backup_days(database: Block, _: Stack) -> Verdict:
    """A production database keeps backups for at least 30 days."""
    if is_replica(database):
        return Verdict.NOT_CONCERNED
    return is_between(database.get("backup_retention_period"), _LEAST_DAYS, _MOST_DAYS)
