"""Automated backups outlive a production database."""

from policies.databases import is_replica
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_false


@rule(
    id="CKV_ARQ_10",
    severity="HIGH",
    on=("aws_db_instance", "aws_rds_cluster"),
    production_only=True,
    why="By default RDS throws away all automated backups together with the instance.",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.Retaining.html",
)
def database_automated_backups_kept(database: Block, _: Stack) -> Verdict:
    """A production database's automated backups stay when it is deleted."""
    if is_replica(database):
        return Verdict.NOT_CONCERNED
    return is_false(database.get("delete_automated_backups"))
