"""Automated backups of deleted production databases."""

from policies.databases import is_replica
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_false


@rule(
    id="CKV_ARQ_10",
    severity="HIGH",
    on=("aws_db_instance", "aws_rds_cluster"),
    production_only=True,
    why="By default, RDS deletes all automated backups together with the instance.",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.Retaining.html",
)
def database_automated_backups_retained(database: Block, _: Stack) -> Verdict:
    """Production databases must retain automated backups: set delete_automated_backups = false."""
    if is_replica(database):
        return Verdict.NOT_APPLICABLE
    return is_false(database.get("delete_automated_backups"))
