"""Deletion protection of production databases."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_true


@rule(
    id="CKV_ARQ_6",
    severity="CRITICAL",
    on=("aws_db_instance", "aws_rds_cluster"),
    production_only=True,
    why="A rename or a forced replacement deletes the database; with protection, RDS refuses.",
    link="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html",
)
def database_deletion_protection(database: Block, _: Stack) -> Verdict:
    """Production databases must have deletion protection: set deletion_protection = true."""
    return is_true(database.get("deletion_protection"))
